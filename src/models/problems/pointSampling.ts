/** Points of a domain, or of a part of it: from a grid, or drawn. */
import { latinHypercube } from "../../linalg/latinHypercube.js";
import { randomStream } from "../../linalg/random.js";
import { sobolPoints } from "../../linalg/sobol.js";
import type { Collocation, Points } from "./pinn.js";
import type { LevelSet } from "./region.js";

/** The source of points, and the part of space in which they may lie. */
export interface Sampling {
  readonly method: NonNullable<Collocation["method"]>;
  readonly seed: number;
  /** Bounds of every variable, in the order of the variables. */
  readonly domain: Readonly<Record<string, readonly [number, number]>>;
  /** The points of the grid along every variable. */
  readonly grid: Points;
  /** Negative where points may lie; undefined where all may. */
  readonly isInside?: LevelSet;
}

/** Intervals in which an edge is looked for along a line. */
const SCAN = 256;
/** Points or lines to draw for each that is wanted, before the region counts as too small to meet. */
const DRAWS = 1000;

/**
 * Points with the given values of some variables: `count`, or by default the whole grid. Those of a grid are drawn
 * without replacement. `label` names the stream of random numbers.
 *
 * @throws Error when a grid has fewer points, or drawn points do not meet the region.
 */
export function pointsOf(
  sampling: Sampling,
  fixed: Readonly<Record<string, number>>,
  count: number | undefined,
  label: string,
): Points {
  if (sampling.method === "grid" || count === undefined) return gridPoints(sampling, fixed, count, label);
  const { domain, isInside } = sampling;
  const free = Object.keys(domain).filter((name) => !(name in fixed));
  const draw = drawer(sampling, free.length, label);
  const kept: number[][] = free.map(() => []);
  const size = () => (free.length > 0 ? kept[0].length : count);
  for (let drawn = 0; size() < count; drawn += count) {
    if (drawn > DRAWS * count) throw new Error(`fewer than ${count} of ${drawn} points drawn for ${label} lie inside`);
    const cube = draw(count);
    const columns = free.map((name, k) => {
      const [lower, upper] = domain[name];
      return Float64Array.from({ length: count }, (_, i) => lower + (upper - lower) * cube[i * free.length + k]);
    });
    const phi = isInside?.(assembled(domain, fixed, free, columns, count));
    for (let i = 0; i < count && size() < count; i++) {
      if (phi === undefined || phi[i] < 0) for (const [k, column] of columns.entries()) kept[k].push(column[i]);
    }
  }
  return assembled(domain, fixed, free, kept, count);
}

/** Columns of free variables and constants of fixed ones, in the order of the variables. */
function assembled(
  domain: Sampling["domain"],
  fixed: Readonly<Record<string, number>>,
  free: readonly string[],
  columns: readonly ArrayLike<number>[],
  count: number,
): Points {
  return mapEntries(domain, (_, name) =>
    name in fixed ? new Float64Array(count).fill(fixed[name]) : Float64Array.from(columns[free.indexOf(name)]),
  );
}

/** Points of the unit cube, so many at a time, each time others. */
function drawer({ method, seed }: Sampling, dimensions: number, label: string): (count: number) => Float64Array {
  const random = randomStream(seed, "points", label);
  if (dimensions === 0) return () => new Float64Array(0);
  if (method === "sobol") {
    const points = sobolPoints(dimensions, random.uint32());
    let start = 0;
    return (count) => points((start += count) - count, count);
  }
  if (method === "latin-hypercube") return (count) => latinHypercube(dimensions, count, random);
  return (count) => Float64Array.from({ length: count * dimensions }, random.uniform);
}

function gridPoints(
  { grid, seed, isInside }: Sampling,
  fixed: Readonly<Record<string, number>>,
  count: number | undefined,
  label: string,
): Points {
  const lines = mapEntries(grid, (values, name) => (name in fixed ? Float64Array.of(fixed[name]) : values));
  const size = Object.values(lines).reduce((product, values) => product * values.length, 1);
  const all = () => Int32Array.from({ length: size }, (_, k) => k);
  if (!isInside) return product(lines, count === undefined ? all() : numbersOf(size, count, seed, label));
  const phi = isInside(product(lines, all()));
  const inside = all().filter((k) => phi[k] < 0);
  if (count === undefined) return product(lines, inside);
  const chosen = numbersOf(inside.length, count, seed, label);
  return product(
    lines,
    chosen.map((k) => inside[k]),
  );
}

/** `count` different numbers below `size`. */
function numbersOf(size: number, count: number, seed: number, label: string): Int32Array {
  if (count > size) throw new Error(`the grid has ${size} points for ${label}; expected at least ${count}`);
  return randomStream(seed, label).sample(size, count);
}

/** The points of a product grid with these numbers, first variable fastest. */
function product(grid: Points, numbers: ArrayLike<number>): Points {
  let stride = 1;
  return mapEntries(grid, (values) => {
    const step = stride;
    stride *= values.length;
    return Float64Array.from(
      { length: numbers.length },
      (_, k) => values[Math.floor(numbers[k] / step) % values.length],
    );
  });
}

/**
 * Points where the level set is zero, on lines along each space variable in turn: the lines of the grid, or `count`
 * crossings of drawn ones.
 *
 * @throws Error when no line crosses the edge.
 */
export function edgePoints(sampling: Sampling, count: number | undefined): Points {
  const { domain, isInside, method } = sampling;
  if (!isInside) throw new Error("an edge needs a region; found none");
  const space = Object.keys(domain).filter((name) => name !== "t");
  const found: Record<string, number[]> = mapEntries(domain, () => []);
  const collect = (line: Readonly<Record<string, number>>, axis: string) => {
    for (const crossing of crossings(isInside, line, axis, domain[axis])) {
      for (const [name, list] of Object.entries(found)) list.push(name === axis ? crossing : line[name]);
    }
  };
  const size = () => Object.values(found)[0].length;
  if (method === "grid" || count === undefined) {
    for (const axis of space) {
      const lines = gridPoints({ ...sampling, isInside: undefined }, { [axis]: 0 }, undefined, "");
      for (let i = 0; i < lines[axis].length; i++)
        collect(
          mapEntries(lines, (values) => values[i]),
          axis,
        );
    }
    if (size() === 0) throw new Error("no line of the grid crosses the edge of inside");
    return count === undefined ? lists(found) : chosen(lists(found), count, sampling.seed);
  }
  const draw = space.map((axis) => drawer(sampling, Object.keys(domain).length - 1, `edge ${axis}`));
  for (let drawn = 0; size() < count; drawn++) {
    if (drawn > DRAWS * count) throw new Error(`fewer than ${count} of ${drawn} drawn lines cross the edge of inside`);
    const axis = space[drawn % space.length];
    const cube = draw[drawn % space.length](1);
    const others = Object.keys(domain).filter((name) => name !== axis);
    const line = Object.fromEntries(
      others.map((name, k) => [name, domain[name][0] + (domain[name][1] - domain[name][0]) * cube[k]]),
    );
    collect(line, axis);
  }
  return mapEntries(found, (list) => Float64Array.from(list.slice(0, count)));
}

const lists = (found: Readonly<Record<string, readonly number[]>>): Points =>
  mapEntries(found, (list) => Float64Array.from(list));

function chosen(points: Points, count: number, seed: number): Points {
  const numbers = numbersOf(Object.values(points)[0].length, count, seed, "edge");
  return mapEntries(points, (values) => Float64Array.from(numbers, (k) => values[k]));
}

/** The places along a line at which the level set changes its sign, by bisection. */
function crossings(
  isInside: LevelSet,
  line: Readonly<Record<string, number>>,
  axis: string,
  [lower, upper]: readonly [number, number],
): number[] {
  const at = (values: Float64Array) =>
    isInside({ ...mapEntries(line, (value) => new Float64Array(values.length).fill(value)), [axis]: values });
  const places = Float64Array.from({ length: SCAN + 1 }, (_, i) => lower + ((upper - lower) * i) / SCAN);
  const phi = at(places);
  const found: number[] = [];
  for (let i = 0; i < SCAN; i++) {
    if (phi[i] < 0 === phi[i + 1] < 0) continue;
    let [a, b] = [places[i], places[i + 1]];
    const sign = phi[i] < 0;
    for (let k = 0; k < 60; k++) {
      const middle = (a + b) / 2;
      if (at(Float64Array.of(middle))[0] < 0 === sign) a = middle;
      else b = middle;
    }
    found.push((a + b) / 2);
  }
  return found;
}

export const mapEntries = <T, U>(
  record: Readonly<Record<string, T>>,
  map: (value: T, name: string) => U,
): Record<string, U> => Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
