/** The part of the domain where an equation holds: `inside: "x^2 + y^2 < 1"`. */
import { type Coefficients, coefficientValues } from "./coefficients.js";
import { type Expression, ExpressionError, requireNames } from "./expression.js";
import { requireFinite } from "./foldExpression.js";
import { listFunction } from "./listFunction.js";
import { parseExpression } from "./parseExpression.js";
import type { Points } from "./pinn.js";

/** A function of points that is negative inside, positive outside, and zero on the edge. */
export type LevelSet = (points: Points) => Float64Array;

/**
 * The level set of comparisons such as "x < 0 or y < 0", "x^2 + y^2 > 1 and x > y". `and` binds tighter than `or`.
 *
 * @throws ExpressionError for a text that is none.
 */
export function levelSet(source: string, variables: readonly string[], coefficients: Coefficients = {}): LevelSet {
  const known = coefficientValues(coefficients);
  const names = [...variables, ...Object.keys(known)];
  const anyOf = comparisonsOf(source).map((allOf) =>
    allOf.map((expression) => {
      requireNames(expression, names);
      requireFinite(expression, known);
      return listFunction(expression, names);
    }),
  );
  return (points) => {
    const { length } = points[variables[0]];
    const values = { ...points, ...known };
    const alternatives = anyOf.map((allOf) =>
      combined(
        allOf.map((part) => part(values, length)),
        Math.max,
      ),
    );
    return combined(alternatives, Math.min);
  };
}

/** The comparisons of a region: any of the lists of which all hold. Each expression is negative where its own holds. */
export const comparisonsOf = (source: string): Expression[][] =>
  parts(source, "or").map((alternative) => parts(alternative, "and").map(negativeInside));

const combined = (lists: readonly Float64Array[], choose: (a: number, b: number) => number) =>
  lists.reduce((chosen, list) => chosen.map((value, i) => choose(value, list[i])));

/** The parts between a word, each at its place in a text of blanks, so that positions stay what they are. */
function parts(source: string, word: "and" | "or"): string[] {
  const found: string[] = [];
  let start = 0;
  for (const { index } of source.matchAll(new RegExp(`\\b${word}\\b`, "g"))) {
    found.push(source.slice(start, index).padStart(index));
    start = index + word.length;
  }
  return [...found, source.slice(start).padStart(source.length)];
}

function negativeInside(source: string): Expression {
  const signs = [...source.matchAll(/[<>]=?/g)];
  if (signs.length !== 1) {
    const index = signs[1]?.index ?? Math.max(0, source.search(/\S/));
    const found = signs.length === 0 ? "no comparison" : "a second comparison";
    throw new ExpressionError(index, `${found} at character ${index + 1}; expected one, such as "x^2 + y^2 < 1"`);
  }
  const [{ 0: sign, index }] = signs;
  const after = index + sign.length;
  const left = parseExpression(source.slice(0, index));
  const right = parseExpression(source.slice(after).padStart(source.length));
  return { kind: "-", operands: sign.startsWith("<") ? [left, right] : [right, left], index };
}
