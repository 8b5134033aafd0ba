/** The points of a matrix. */
import { hash } from "node:crypto";
import type { Point, Scalar } from "../stage.js";
import type { Matrix } from "./pipeline.js";

export const MAX_POINTS = 10_000;

/** The number of points in the cartesian product. */
export function productSize(matrix: Matrix): number {
  return groupsOf(matrix).reduce((product, names) => product * matrix.axes[names[0]].length, 1);
}

/** All points in matrix order, last axis fastest, without excluded ones and with included ones at the end. */
export function matrixPoints(matrix: Matrix): Point[] {
  const { axes, exclude, include } = matrix;
  let points: Point[] = [{}];
  for (const names of groupsOf(matrix)) {
    const values = axes[names[0]].map((_, i) => Object.fromEntries(names.map((name) => [name, axes[name][i]])));
    points = points.flatMap((point) => values.map((value) => ({ ...point, ...value })));
  }
  const names = Object.keys(axes);
  const kept = points.filter(notExcluded(exclude)).map((point) => restrict(point, names));
  const added = include.map((entry) => restrict(entry, names));
  return distinct([...kept, ...added]);
}

/** The axes of the product, each alone or with those that advance together with it, at the position of the first. */
function groupsOf({ axes, zip }: Matrix): string[][] {
  const names = Object.keys(axes);
  return names.flatMap((name) => {
    const group = zip.find((together) => together.includes(name))?.filter((other) => Object.hasOwn(axes, other));
    if (group === undefined) return [[name]];
    return names.find((other) => group.includes(other)) === name ? [group] : [];
  });
}

/** Entries with the same names are looked up together, because there may be as many as points. */
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

/** The distinct points that remain when only `names` are kept. */
export function projections(points: readonly Point[], names: readonly string[]): Point[] {
  return distinct(points.map((point) => restrict(point, names)));
}

function restrict(point: Point, names: readonly string[]): Point {
  return Object.fromEntries(names.map((name) => [name, point[name]]));
}

/** Points with the same names. */
function distinct(points: readonly Point[]): Point[] {
  return [...new Map(points.map((point) => [textOf(Object.values(point)), point])).values()];
}

/** A text that only equal values share. JSON has none for infinite numbers. */
export function textOf(values: readonly Scalar[]): string {
  return values.map((value) => (typeof value === "string" ? JSON.stringify(value) : String(value))).join();
}

/**
 * The longest part of a file name for a value, and for all of them. With the stage's name and an extension they stay
 * below the 255 bytes of file systems.
 */
const LONGEST_VALUE = 48;
const LONGEST_LABEL = 128;

/**
 * `name=value,…` in matrix order; "" for the empty point. Safe in file names: other characters are percent-encoded, and
 * a long text is cut and gets a hash of the whole.
 */
export function pointLabel(point: Point): string {
  const parts = Object.keys(point).map((name) => `${name}=${brief(encoded(String(point[name])), LONGEST_VALUE)}`);
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
