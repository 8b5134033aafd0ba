import type { Artifact } from "../../src/artifact/artifact.js";
import { spaceVariables } from "../../src/models/problems/pinn.js";
import { boundValue } from "../../src/models/problems/pinnPoints.js";
import { solveEvolution } from "../../src/solvers/evolution.js";
import { tableArtifact } from "../artifacts/table.js";
import { type EvolutionParams, evolutionOf } from "./evolutionOf.js";

/** The table of an evolution: its outputs on the grid, space fastest. */
export function evolutionTable(params: EvolutionParams, progress: (note: string) => void): Artifact {
  const { evolution, outputs } = evolutionOf(params);
  const [space] = spaceVariables(params);
  const x = axis(params, space, params.boundary === "fixed");
  const times = axis(params, "t", true);
  const solution = solveEvolution(evolution, {
    x,
    times,
    tolerance: params.tolerance,
    onAttempt: (points, steps) => progress(`${points} points, ${steps} steps`),
  });
  const { estimatedError, points, steps } = solution;
  return tableArtifact(
    {
      [space]: Float64Array.from(solution.values[0], (_, i) => x[i % x.length]),
      t: Float64Array.from(solution.values[0], (_, i) => times[Math.floor(i / x.length)]),
      ...Object.fromEntries(outputs.map((name, i) => [name, solution.values[i]])),
    },
    { plot: "solution", solution: { variables: [space, "t"], shape: [x.length, times.length] }, errors: {} },
    { estimatedError, points, steps },
  );
}

function axis({ domain, grid }: EvolutionParams, name: string, hasUpperEnd: boolean): Float64Array {
  const [lower, upper] = domain[name].map(boundValue);
  const count = grid[name];
  const steps = hasUpperEnd ? count - 1 : count;
  return Float64Array.from({ length: count }, (_, i) => lower + ((upper - lower) * i) / steps);
}
