/** The matrix: which points there are, and `${name}` put in its place. */
import { hash } from "node:crypto";
import type { Point, Scalar } from "../stage.js";
import type { Path } from "../text/fault.js";
import type { Matrix } from "./config.js";

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
  const kept = points.filter(notExcluded(exclude));
  const added = include.map((entry) => restrict(entry, Object.keys(axes)));
  return distinct([...kept, ...added]);
}

/** Entries with the same names are looked up together: there may be as many as points. */
function notExcluded(exclude: Matrix["exclude"]): (point: Point) => boolean {
  const groups = new Map<string, { names: string[]; entries: Set<string> }>();
  const key = (values: Record<string, Scalar>, names: string[]) => textOf(names.map((name) => values[name]));
  for (const entry of exclude) {
    const names = Object.keys(entry).sort();
    const group = groups.get(names.join()) ?? { names, entries: new Set() };
    groups.set(names.join(), group);
    group.entries.add(key(entry, names));
  }
  return (point) => ![...groups.values()].some(({ names, entries }) => entries.has(key(point, names)));
}

/** The distinct points that are left when only `names` are kept. */
export function projections(points: Point[], names: readonly string[]): Point[] {
  return distinct(points.map((point) => restrict(point, names)));
}

function restrict(point: Point, names: readonly string[]): Point {
  return Object.fromEntries(names.map((name) => [name, point[name]]));
}

/** Points that have the same names. */
function distinct(points: Point[]): Point[] {
  return [...new Map(points.map((point) => [textOf(Object.values(point)), point])).values()];
}

/** A text that only equal values have; JSON has none for infinite numbers. */
export function textOf(values: readonly Scalar[]): string {
  return values.map((value) => (typeof value === "string" ? JSON.stringify(value) : String(value))).join();
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
    if (whole) {
      const found = names.get(whole[1].trim());
      return typeof found === "object" ? structuredClone(found) : found;
    }
    return value.replace(REFERENCE, (_, name: string) => String(names.get(name.trim())));
  }
  if (Array.isArray(value)) return value.map((item) => substitute(item, names));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, substitute(item, names)]));
}

/** A value's part of a file name, and all of them: with the stage's name and an ending they stay below the 255 bytes of file systems. */
const LONGEST_VALUE = 48;
const LONGEST_LABEL = 128;

/**
 * `name=value,…` in matrix order; "" for the empty point. Safe in file names: other characters are percent-encoded, and of
 * what is long the beginning is kept, with a hash of all.
 */
export function pointLabel(point: Point): string {
  const parts = Object.entries(point).map(([name, value]) => `${name}=${brief(encoded(String(value)), LONGEST_VALUE)}`);
  return brief(parts.join(","), LONGEST_LABEL);
}

function encoded(text: string): string {
  if (/^[\w.-]*$/.test(text)) return text;
  return encodeURIComponent(text.replace(/\p{Cs}/gu, "\ufffd")).replaceAll("*", "%2A");
}

function brief(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest - 13).replace(/%.?$/, "")}~${hash("sha256", text).slice(0, 12)}`;
}
