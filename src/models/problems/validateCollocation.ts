import type { Fault } from "../../text/fault.js";
import { boundaryOf, faceEquations, type PinnProblem, pinnVariables, sides, spaceVariables } from "./pinn.js";
import { hasUpperEnd } from "./pinnPoints.js";

/** The largest grid. Its points are numbered in memory to draw collocation points. */
const GRID_LIMIT = 1e8;
/** The most initial and boundary points, because every loss evaluates the network at all of them. */
const CONDITION_LIMIT = 1e6;

/** Faults of the numbers of points, and of parameters that have no points to choose. */
export function validateCollocation(problem: PinnProblem): Fault[] {
  return [...uselessFaults(problem), ...countFaults(problem, pinnVariables(problem))];
}

/** Parameters of points that do not exist or are listed. */
function uselessFaults(problem: PinnProblem): Fault[] {
  const { collocation, points = {}, domain, initial, edge = "none" } = problem;
  const reasons: [name: "initial" | "boundary" | "method", reason: string | undefined][] = [
    [
      "initial",
      !Object.hasOwn(domain, "t") || initial === "none"
        ? "nothing is given at a lower t"
        : points.initial && "points lists those at the lower t",
    ],
    [
      "boundary",
      facesOf(problem) === 0 && faceEquations(edge).length === 0
        ? "no face has a condition"
        : points.boundary && faceEquations(edge).length === 0 && "points lists those of the faces",
    ],
    [
      "method",
      points.collocation && collocation.initial === undefined && collocation.boundary === undefined
        ? "points lists all that it would choose"
        : undefined,
    ],
  ].map(([name, reason]) => [name as "initial" | "boundary" | "method", reason || undefined]);
  return reasons.flatMap(([name, reason]): Fault[] => {
    if (collocation[name] === undefined || reason === undefined) return [];
    return [{ path: ["collocation", name], part: "key", message: `has no effect, because ${reason}; leave it out` }];
  });
}

/** The number of faces with a condition. */
function facesOf(problem: PinnProblem): number {
  return spaceVariables(problem).reduce((sum, name) => sum + facesAlong(problem, name), 0);
}

function facesAlong(problem: PinnProblem, name: string): number {
  const condition = boundaryOf(problem, name);
  return condition === "periodic" ? 2 : sides.filter((side) => faceEquations(condition[side]).length > 0).length;
}

/** The number of grid points that are neither at the lower t nor on a face, whether they lie inside or not. */
export const innerCount = (problem: PinnProblem): number =>
  pinnVariables(problem).reduce((size, name) => {
    const ends = name !== "t" && hasUpperEnd(problem, name) ? 2 : 1;
    return size * (problem.grid[name] - ends);
  }, 1);

/** The fault of too many points; nothing when the grid is unknown. */
function countFaults(problem: PinnProblem, variables: readonly string[]): Fault[] {
  const { grid, collocation, points: given = {} } = problem;
  const counts = variables.map((name) => grid[name]);
  if (counts.some((count) => !Number.isInteger(count) || count < 2)) return [];
  const faults: Fault[] = [];
  const product = (values: readonly number[]) => values.reduce((size, count) => size * count, 1);
  const size = product(counts);
  if (size > GRID_LIMIT) {
    faults.push({ path: ["grid"], message: `has ${size} points; expected at most ${GRID_LIMIT}` });
  }
  const fromGrid = (name: string) => {
    if (name === "t") return given.initial || problem.initial === "none" ? 0 : 1;
    if (given.boundary && (problem.boundary === "periodic" || given.boundary[name])) return 0;
    return facesAlong(problem, name);
  };
  const perFace = (name: string, i: number) => collocation[name === "t" ? "initial" : "boundary"] ?? size / counts[i];
  const conditions = variables.reduce((sum, name, i) => sum + fromGrid(name) * perFace(name, i), 0);
  if (conditions > CONDITION_LIMIT) {
    const message = `gives ${conditions} initial and boundary points; expected at most ${CONDITION_LIMIT}`;
    faults.push({ path: ["grid"], message });
  }
  const inner = innerCount(problem);
  const { points, method = "grid" } = collocation;
  const { data } = problem;
  if (data && !given.data && method === "grid" && data.points > size) {
    const message = `${data.points} points; expected at most ${size}, the number of grid points, or another method`;
    faults.push({ path: ["data", "points"], message });
  }
  if (method !== "grid") {
    if (!given.collocation && points > CONDITION_LIMIT) {
      const message = `${points} points; expected at most ${CONDITION_LIMIT}`;
      faults.push({ path: ["collocation", "points"], message });
    }
    return faults;
  }
  for (const [name, i] of variables.map((name, i) => [name, i] as const)) {
    const key = name === "t" ? "initial" : "boundary";
    const count = collocation[key];
    if (count !== undefined && count > size / counts[i]) {
      const message = `${count} points; expected at most ${size / counts[i]}, the number of grid points of a face, or another method`;
      faults.push({ path: ["collocation", key], message });
    }
  }
  if (!given.collocation && (!Number.isInteger(points) || points < 1 || points > inner)) {
    const where =
      problem.boundary !== "periodic"
        ? "off its faces and the lower t"
        : counts.length === 2
          ? "off its first row and column"
          : "that are not the first along any variable";
    const message = `${points} points; expected 1 to ${inner}, the number of grid points ${where}`;
    faults.push({ path: ["collocation", "points"], message });
  }
  return faults;
}
