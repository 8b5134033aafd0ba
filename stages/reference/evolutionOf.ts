import { type Coefficients, coefficientFault, coefficientValues } from "../../src/models/problems/coefficients.js";
import { type Expression, ExpressionError, namesIn, unknownName } from "../../src/models/problems/expression.js";
import { foldExpression } from "../../src/models/problems/foldExpression.js";
import { listFunction } from "../../src/models/problems/listFunction.js";
import { parseEquation, parseExpression } from "../../src/models/problems/parseExpression.js";
import { type Bound, boundValue } from "../../src/models/problems/pinnBounds.js";
import type { Evolution } from "../../src/solvers/evolution.js";
import type { Fault } from "../../src/text/fault.js";
import { linearTerms } from "./linearTerms.js";

/** An evolution equation in one space variable. */
export interface EvolutionParams {
  kind: "evolution";
  equation: string | readonly string[];
  coefficients: Coefficients;
  domain: Readonly<Record<string, readonly [Bound, Bound]>>;
  initial: string | Readonly<Record<string, string>>;
  boundary: "periodic" | "fixed";
  grid: Readonly<Record<string, number>>;
  tolerance: number;
}
