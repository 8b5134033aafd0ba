import type { Artifact, Summary } from "../../src/artifact/artifact.js";
import type { Bound } from "../../src/models/problems/pinn.js";
import { boundValue } from "../../src/models/problems/pinnPoints.js";
import { tableArtifact } from "../artifacts/table.js";

/** The points of a table along a variable, with both ends unless the variable is periodic. */
export function axisPoints([lower, upper]: readonly [Bound, Bound], count: number, isPeriodic = false): Float64Array {
  const [from, to] = [lower, upper].map(boundValue);
  const steps = isPeriodic ? count : count - 1;
  return Float64Array.from({ length: count }, (_, i) => from + ((to - from) * i) / steps);
}

/** The table of outputs on the grid of two axes, first fastest. */
export function solutionTable(
  axes: Readonly<Record<string, Float64Array>>,
  outputs: Readonly<Record<string, Float64Array>>,
  summary: Summary,
): Artifact {
  const [[first, x], [second, y]] = Object.entries(axes);
  const names = Object.keys(outputs);
  const size = x.length * y.length;
  const columns = {
    [first]: Float64Array.from({ length: size }, (_, i) => x[i % x.length]),
    [second]: Float64Array.from({ length: size }, (_, i) => y[Math.floor(i / x.length)]),
    ...outputs,
  };
  const solution = {
    variables: [first, second],
    shape: [x.length, y.length],
    ...(names.length > 1 && { outputs: names }),
  };
  return tableArtifact(columns, { plot: "solution", solution, errors: {} }, summary);
}
