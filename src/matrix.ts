/** The matrix: which points there are, and `${name}` put in its place. */
import type { Matrix } from "./config.js";
import type { Path } from "./configFile.js";
import type { Point } from "./stage.js";

export const MAX_POINTS = 10_000;

/** How many points the cartesian product has. */
export function productSize({ axes }: Matrix): number {
  return Object.values(axes).reduce((product, values) => product * values.length, 1);
}

/** All points in matrix order, the last axis fastest; excluded ones left out, included ones at the end. */
export function matrixPoints({ axes, exclude, include }: Matrix): Point[] {
  let points: Point[] = [{}];
  for (const [name, values] of Object.entries(axes)) {
    points = points.flatMap((point) => values.map((value) => ({ ...point, [name]: value })));
  }
  const excluded = (point: Point) =>
    exclude.some((entry) => Object.entries(entry).every(([name, value]) => point[name] === value));
  const kept = points.filter((point) => !excluded(point));
  const added = include.map((entry) => restrict(entry, Object.keys(axes)));
  return distinct([...kept, ...added]);
}

/** The distinct points that are left when only `names` are kept. */
export function projections(points: Point[], names: readonly string[]): Point[] {
  return distinct(points.map((point) => restrict(point, names)));
}

function restrict(point: Point, names: readonly string[]): Point {
  return Object.fromEntries(names.map((name) => [name, point[name]]));
}

function distinct(points: Point[]): Point[] {
  return [...new Map(points.map((point) => [JSON.stringify(point), point])).values()];
}

const REFERENCE = /\$\{([^{}]*)\}/g;

interface Mention {
  name: string;
  /** Leads to the text that holds it. */
  path: Path;
  /** Whether the text is nothing else. */
  isWhole: boolean;
}

/** The names that occur as `${name}` anywhere in a value. */
export function mentions(value: unknown, path: Path = []): Mention[] {
  if (typeof value === "string") {
    return [...value.matchAll(REFERENCE)].map(([text, name]) => ({ name: name.trim(), path, isWhole: text === value }));
  }
  if (value === null || typeof value !== "object") return [];
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([name, item]) => mentions(item, [...path, name]));
}

/** A value with every `${name}` replaced: a text that is just `${name}` becomes the value itself, inside a longer text it is written out. */
export function substitute(value: unknown, names: ReadonlyMap<string, unknown>): unknown {
  if (typeof value === "string") {
    const whole = value.match(/^\$\{([^{}]*)\}$/);
    if (whole) return structuredClone(names.get(whole[1].trim()));
    return value.replace(REFERENCE, (_, name: string) => String(names.get(name.trim())));
  }
  if (Array.isArray(value)) return value.map((item) => substitute(item, names));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, substitute(item, names)]));
}

/** `name=value,…` in matrix order; "" for the empty point. Safe in file names: other characters are percent-encoded. */
export function pointLabel(point: Point): string {
  return Object.entries(point)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value)).replaceAll("*", "%2A")}`)
    .join(",");
}
