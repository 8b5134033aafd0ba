/** The places of stages: choices of values on some axes of the matrix, computed once for all stages that share them. */
import type { Point } from "../stage.js";
import type { Lookup } from "./expression.js";
import { pointLabel, projections, textOf } from "./matrix.js";
import type { Where } from "./where.js";

export interface Place {
  point: Point;
  label: string;
  /** Finds the values that `${…}` may mention here. */
  lookup: Lookup;
}

/** Some of the points of the matrix, in matrix order. Equal points are one object. */
export interface Points {
  id: number;
  list: readonly Point[];
}

export interface Places {
  all: Points;
  /** The points that satisfy a `where`. Throws ExpressionFault. */
  where(of: Points, where: Where): Points;
  both(a: Points, b: Points): Points;
  either(a: Points, b: Points): Points;
  /** The places on these axes that have one of the points. */
  on(axes: readonly string[], points: Points): readonly Place[];
  /** For each place on `axes`, the indices of the places on `others` with the same values on the common axes. */
  agreeing(axes: readonly string[], points: Points, others: readonly string[], of: Points): readonly number[][];
}

export function placesOf(points: readonly Point[], lookupOf: (point: Point) => Lookup): Places {
  const known = new Map<string, Points>();
  const places = new Map<string, readonly Place[]>();
  const indices = new Map<string, readonly number[][]>();
  const single = new Map<string, Place>();
  const order = new Map(points.map((point, i) => [point, i]));
  const of = (list: readonly Point[]): Points =>
    list.length === points.length
      ? all
      : remembered(known, list.map((point) => order.get(point)).join(), () => ({ id: known.size + 1, list }));
  const all: Points = { id: 0, list: points };
  const pairs = new Map<string, Points>();
  const pair = (name: string, a: Points, b: Points, keep: (inA: boolean, inB: boolean) => boolean) => {
    if (a === b) return a;
    return remembered(pairs, `${name} ${a.id} ${b.id}`, () => {
      const [inA, inB] = [new Set(a.list), new Set(b.list)];
      return of(points.filter((point) => keep(inA.has(point), inB.has(point))));
    });
  };
  const on = (axes: readonly string[], points: Points) => {
    const names = axes.join(" ");
    return remembered(places, `${names}, ${points.id}`, () =>
      projections(points.list, axes).map((point) =>
        // The result for a place does not depend on other points.
        remembered(single, `${names}, ${textOf(Object.values(point))}`, () => ({
          point,
          label: pointLabel(point),
          lookup: lookupOf(point),
        })),
      ),
    );
  };
  return {
    all,
    where: (of_, where) => of(of_.list.filter((point) => where.holds(point))),
    both: (a, b) => pair("and", a, b, (inA, inB) => inA && inB),
    either: (a, b) => pair("or", a, b, (inA, inB) => inA || inB),
    on,
    agreeing: (axes, points, others, of) =>
      remembered(indices, `${axes.join(" ")}, ${points.id}, ${others.join(" ")}, ${of.id}`, () =>
        agreeingPlaces(
          axes,
          on(axes, points).map(({ point }) => point),
          others,
          on(others, of).map(({ point }) => point),
        ),
      ),
  };
}

/** For each point on `axes`, the indices of those on `others` with the same values on the common axes. */
export function agreeingPlaces(
  axes: readonly string[],
  points: readonly Point[],
  others: readonly string[],
  among: readonly Point[],
): number[][] {
  const shared = others.filter((name) => axes.includes(name));
  const labelOf = (point: Point) => textOf(shared.map((name) => point[name]));
  const groups = new Map<string, number[]>();
  for (const [i, point] of among.entries()) remembered(groups, labelOf(point), () => []).push(i);
  return points.map((point) => groups.get(labelOf(point)) ?? []);
}

function remembered<T>(known: Map<string, T>, name: string, make: () => T): T {
  const found = known.get(name) ?? make();
  known.set(name, found);
  return found;
}
