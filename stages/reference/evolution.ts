import type { Artifact } from "../../src/artifact/artifact.js";
import { spaceVariables } from "../../src/models/problems/pinn.js";
import { solveEvolution } from "../../src/solvers/evolution.js";
import { type EvolutionParams, evolutionOf } from "./evolutionOf.js";
import { axisPoints, solutionTable } from "./solutionTable.js";

/** The outputs of an evolution on the grid, space fastest. */
export function evolutionTable(params: EvolutionParams, progress: (note: string) => void): Artifact {
  const { evolution, outputs } = evolutionOf(params);
  const { domain, grid, boundary, tolerance } = params;
  const [space] = spaceVariables(params);
  const x = axisPoints(domain[space], grid[space], boundary === "periodic");
  const times = axisPoints(domain.t, grid.t);
  const { values, estimatedError, points, steps } = solveEvolution(evolution, {
    x,
    times,
    tolerance,
    onAttempt: (attempt, inTime) => progress(`${attempt} points, ${inTime} steps`),
  });
  const named = Object.fromEntries(outputs.map((name, i) => [name, values[i]]));
  return solutionTable({ [space]: x, t: times }, named, { estimatedError, points, steps });
}
