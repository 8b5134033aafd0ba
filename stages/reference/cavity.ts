import type { Artifact } from "../../src/artifact/artifact.js";
import { type Coefficients, constantValue } from "../../src/models/problems/coefficients.js";
import { evaluateExpression } from "../../src/models/problems/evaluateExpression.js";
import { requireNames } from "../../src/models/problems/expression.js";
import { foldExpression, requireFinite } from "../../src/models/problems/foldExpression.js";
import { parseExpression } from "../../src/models/problems/parseExpression.js";
import type { Bound } from "../../src/models/problems/pinn.js";
import { drivenCavity } from "../../src/solvers/drivenCavity.js";
import { coefficientsOf } from "./coefficientsOf.js";
import { at, ParameterError } from "./parameterError.js";
import { axisPoints, solutionTable } from "./solutionTable.js";

/** The stationary flow in a box that its lid drives. */
export interface CavityParams {
  kind: "cavity";
  viscosity: number | string;
  coefficients: Coefficients;
  lid: string;
  domain: Readonly<Record<"x" | "y", readonly [Bound, Bound]>>;
  grid: Readonly<Record<"x" | "y", number>>;
  tolerance: number;
}

/** @throws ParameterError for the first mistake. */
export function cavityOf(params: CavityParams) {
  const known = coefficientsOf(params, ["x"], [params.lid]);
  const viscosity = at(["viscosity"], () => constantValue(params.viscosity));
  if (!(viscosity > 0)) throw new ParameterError(["viscosity"], `is ${viscosity}; expected a number above 0`);
  const [x, y] = (["x", "y"] as const).map((name) => {
    const [lower, upper] = params.domain[name].map((bound, i) => at(["domain", name, i], () => constantValue(bound)));
    if (lower < upper) return { lower, size: upper - lower };
    throw new ParameterError(
      ["domain", name],
      `runs from ${lower} to ${upper}; expected a lower bound below the upper`,
    );
  });
  const lid = at(["lid"], () => {
    const read = parseExpression(params.lid);
    requireNames(read, ["x", ...Object.keys(known)]);
    requireFinite(read, known);
    return foldExpression(read, known);
  });
  return {
    viscosity,
    width: x.size,
    height: y.size,
    lid: (distance: number) => evaluateExpression(lid, { x: x.lower + distance }),
  };
}

/** u and v on the grid. */
export function cavityTable(params: CavityParams, progress: (note: string) => void): Artifact {
  const { u, v, cells, estimatedError } = drivenCavity(cavityOf(params), {
    grid: [params.grid.x, params.grid.y],
    tolerance: params.tolerance,
    onAttempt: (attempt) => progress(`${attempt.join(" × ")} cells`),
  });
  const [x, y] = (["x", "y"] as const).map((name) => axisPoints(params.domain[name], params.grid[name]));
  return solutionTable({ x, y }, { u, v }, { estimatedError, cells: cells[0] * cells[1] });
}
