import type { Fault } from "../../text/fault.js";
import { boundaryOf, faceEquations, type PinnProblem, sides, spaceVariables } from "./pinn.js";
import { pinnPoints, regionOf } from "./pinnPoints.js";
import { attempt } from "./validateEquations.js";

/** Faults of `inside` and of the condition on its edge. */
export function validateRegion(problem: PinnProblem): Fault[] {
  const { inside, edge } = problem;
  if (inside === undefined) {
    if (edge === undefined) return [];
    return [{ path: ["edge"], message: "is the condition on the edge of inside, which is missing; add it" }];
  }
  const faults: Fault[] = [];
  attempt(["inside"], faults, () => regionOf(problem));
  if (edge === undefined) {
    const message = 'lacks "edge", the condition on the edge of inside: an equation such as "u = 0", or none';
    faults.push({ path: [], message });
  }
  return faults;
}

/** Faults of a region that holds too few points. The problem must be sound otherwise. */
export function emptyFaults(problem: PinnProblem): Fault[] {
  try {
    const { boundary } = pinnPoints({ ...problem, points: undefined });
    return spaceVariables(problem).flatMap((axis) => {
      const condition = boundaryOf(problem, axis);
      if (condition === "periodic") return [];
      const empty = sides.filter((side) => faceEquations(condition[side]).length > 0 && isEmpty(boundary[axis][side]));
      return empty.map((side) => {
        const message = "has a condition, but no point of this face lies inside; write none";
        return { path: ["boundary", axis, side], message };
      });
    });
  } catch (error) {
    return [{ path: ["inside"], message: (error as Error).message }];
  }
}

const isEmpty = (points: Readonly<Record<string, Float64Array>>) =>
  Object.values(points).some(({ length }) => length === 0);
