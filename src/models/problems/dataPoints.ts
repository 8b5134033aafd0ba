/** Measurements: points of the domain where a solution is known, with noise or without. */
import { randomStream } from "../../linalg/random.js";
import { exactSolution } from "./exactSolution.js";
import { namesOf, type PinnProblem, type Points, pinnVariables } from "./pinn.js";
import { derivativeOf } from "./solutionNames.js";

/** The outputs, or their derivatives, that the data give. */
export function dataNames(problem: PinnProblem): string[] {
  const { data, points } = problem;
  if (points?.data)
    return Object.keys(points.data).filter((name) => derivativeOf(name, namesOf(problem)) !== undefined);
  return data ? Object.keys(exactSolution(problem, emptyPoints(problem))) : [];
}

/** The term of the loss that a quantity of the data belongs to: data, or data_u, …, where there are several. */
export const dataTerm = (name: string, { length }: readonly string[]) => (length > 1 ? `data_${name}` : "data");

/**
 * The exact solution at points, with normal noise whose deviation is `noise` times that of the values. Each output has
 * its own random numbers.
 */
export function measured(problem: PinnProblem, points: Points): Points {
  const { noise = 0, seed = 0 } = problem.data!;
  const values = Object.entries(exactSolution(problem, points)).map(([output, exact]) => {
    const mean = exact.reduce((sum, value) => sum + value, 0) / exact.length;
    const deviation = Math.sqrt(exact.reduce((sum, value) => sum + (value - mean) ** 2, 0) / exact.length);
    const random = randomStream(seed, "noise", output);
    return [output, exact.map((value) => value + (noise > 0 ? noise * deviation * random.normal() : 0))];
  });
  return { ...points, ...Object.fromEntries(values) };
}

const emptyPoints = (problem: PinnProblem): Points =>
  Object.fromEntries(pinnVariables(problem).map((name) => [name, new Float64Array(0)]));
