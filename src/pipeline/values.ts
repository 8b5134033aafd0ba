/** The values that `${…}` may mention at a place of the matrix, and the axes that a value depends on. */
import type { Point, Scalar } from "../stage.js";
import { suggestion } from "../text/nearestName.js";
import { listed } from "../text/words.js";
import { isScalar } from "./axisValues.js";
import { ExpressionFault, type Found, type Lookup } from "./expression.js";
import { leadsTo, type NamedValues, namesOf, withValue } from "./namedValues.js";
import type { Matrix } from "./pipeline.js";
import { mentions, substitute, textValue } from "./template.js";

/** The longest chain of params that mention each other, and the most values in one. */
const DEEPEST = 64;
const MOST_VALUES = 20_000;

/**
 * Finds values by path: params, whose texts may mention others, and the values of the point. A text writes a value of a
 * named point, a list or a mapping of the matrix by its label. Throws ExpressionFault for a path without a value, and
 * for params that mention each other in a cycle. `axes` are all axes of the matrix: a stage takes an axis that the
 * point lacks at all its values at once.
 */
export function lookupAt(
  params: NamedValues,
  { values: named }: Pick<Matrix, "values">,
  point: Readonly<Point>,
  axes: readonly string[] = [],
): Lookup {
  let labels: Map<string, Scalar> | undefined;
  let root: NamedValues = params;
  for (const [axis, label] of Object.entries(point)) {
    const values = named.get(axis);
    if (values) (labels ??= new Map()).set(axis, label);
    root = withValue(root, axis, values ? values.get(label) : label);
  }
  // There may be ten thousand places, and most values need neither.
  let open: Set<string> | undefined;
  let known: Map<string, Found> | undefined;

  /** A value with its own `${…}` replaced. */
  const resolved = (value: unknown, name: string): unknown => {
    if (isScalar(value) && !(typeof value === "string" && value.includes("${"))) return value;
    open ??= new Set();
    if (open.has(name)) {
      throw new ExpressionFault(`"\${${name}}" mentions itself: ${[...open, name].join(" → ")}`);
    }
    if (open.size >= DEEPEST) throw new ExpressionFault(`"\${${name}}" leads through more than ${DEEPEST} others`);
    open.add(name);
    try {
      if (typeof value === "string") return bounded(textValue(value, lookup), name);
      return bounded(
        substitute(value, lookup, (_, message) => {
          throw new ExpressionFault(message.includes("${") ? message : `"\${${name}}" ${message}`);
        }),
        name,
      );
    } finally {
      open.delete(name);
    }
  };
  const find = (path: readonly string[]): Found => {
    const name = path.join(".");
    let at: unknown = root;
    for (const [i, part] of path.entries()) {
      if (typeof at === "string" && at.includes("${")) at = resolved(at, path.slice(0, i).join("."));
      if (typeof at !== "object" || at === null || !Object.hasOwn(at, part)) throw unknown(name, root, axes);
      at = (at as NamedValues)[part];
    }
    const value = resolved(at, name);
    const found: Found = labels?.has(name) ? { value, label: labels.get(name) } : { value };
    if (value !== at) (known ??= new Map()).set(path.join("\0"), found);
    return found;
  };
  const lookup: Lookup = (path) => known?.get(path.join("\0")) ?? find(path);
  return lookup;
}

/** Params that mention others twice grow without end. */
function bounded(value: unknown, name: string): unknown {
  const count = (value: unknown): number =>
    typeof value === "object" && value !== null
      ? Object.values(value).reduce((sum: number, item) => sum + count(item), 1)
      : 1;
  if (count(value) <= MOST_VALUES) return value;
  throw new ExpressionFault(`"\${${name}}" has more than ${MOST_VALUES} values`);
}

function unknown(name: string, root: NamedValues, axes: readonly string[]): ExpressionFault {
  const axis = axes.find((axis) => leadsTo(axis, name) || leadsTo(name, axis));
  if (axis !== undefined) {
    const advice = `the stage takes all points at once; add by: [${axis}] for one result each, or leave it out`;
    return new ExpressionFault(`mentions "\${${name}}", and ${advice}`);
  }
  const names = [...new Set([...namesOf(root).keys(), ...axes])];
  const has = names.length > 0 ? `params and matrix have ${listed(names)}` : "the file has no params and no matrix";
  return new ExpressionFault(`mentions the unknown value "\${${name}}"; ${has}${suggestion(name, names)}`);
}

/** The axes that a value depends on: those that it mentions, directly or through params. */
export function axesOf(value: unknown, params: NamedValues, axes: readonly string[]): Set<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const visit = (value: unknown) => {
    for (const { path, isWhole } of mentions(value)) {
      const name = path.join(".");
      if (seen.has(name)) continue;
      seen.add(name);
      for (const axis of axes) {
        // A name that begins with an inner `${…}` may be any value.
        if (name === "" || leadsTo(name, axis) || leadsTo(axis, name)) found.add(axis);
      }
      visit(valueAt(params, path, isWhole));
    }
  };
  visit(value);
  return found;
}

/** The value at a path in params, or the last one on the way, because a text there may continue it. */
function valueAt(params: NamedValues, path: readonly string[], isWhole: boolean): unknown {
  let at: unknown = params;
  for (const part of path) {
    if (typeof at !== "object" || at === null) return at;
    if (!Object.hasOwn(at, part)) return isWhole ? undefined : at;
    at = (at as NamedValues)[part];
  }
  return at;
}
