/** The axes of a matrix: their values, and the names of values that are lists or mappings. */
import type { Scalar } from "../stage.js";
import { shown } from "../text/words.js";

/** An axis in a file: a list of values, or a mapping that names them. */
export type RawAxis = unknown[] | Record<string, unknown>;

/** The values in the points: single values, or the names of others. */
export interface Axis {
  labels: Scalar[];
  /** The values of the names; undefined for an axis of single values. */
  values?: Map<Scalar, unknown>;
}

/**
 * A list `[2, 10, 1]` is called `2-10-1`, and a mapping is called after its values. When two have the same name, names
 * come before values.
 */
export function axisOf(raw: RawAxis): Axis {
  if (!Array.isArray(raw)) return { labels: Object.keys(raw), values: new Map(Object.entries(raw)) };
  if (raw.every(isScalar)) return { labels: raw };
  const brief = raw.map((value) => labelOf(value, false));
  const labels = new Set(brief).size === raw.length ? brief : raw.map((value) => labelOf(value, true));
  return { labels, values: new Map(labels.map((label, i) => [label, raw[i]])) };
}

export function isScalar(value: unknown): value is Scalar {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** The label of a value in an entry of `exclude`, `include` or `where` for an axis. */
export function labelOn({ values }: Axis, value: unknown): Scalar {
  if (isScalar(value)) return value;
  const text = JSON.stringify(value);
  const same = [...(values ?? [])].find(([, known]) => JSON.stringify(known) === text);
  return same?.[0] ?? labelOf(value, false);
}

function labelOf(value: unknown, withNames: boolean): Scalar {
  if (isScalar(value)) return value;
  if (value === null || typeof value !== "object") return shown(value);
  if (Array.isArray(value)) return value.map((item) => labelOf(item, withNames)).join("-");
  return Object.entries(value)
    .map(([name, item]) => (withNames ? `${name}-` : "") + labelOf(item, withNames))
    .join("-");
}
