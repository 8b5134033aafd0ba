import { type PinnProblem, pinnOutputs } from "../problems/pinn.js";

/** The errors of a computed u: ‖u − û‖₂/‖u‖₂, mean |u − û|, and max |u − û| / max |u|. */
export function pinnErrors(
  computed: Float64Array,
  exact: Float64Array,
): { relativeL2: number; meanAbsolute: number; relativeLInfinity: number } {
  if (computed.length !== exact.length) {
    throw new RangeError(`${computed.length} computed values but ${exact.length} exact ones`);
  }
  const errors = exact.map((value, i) => Math.abs(value - computed[i]));
  const norm = (values: Float64Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  const largest = (values: Float64Array) => values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return {
    relativeL2: norm(errors) / norm(exact),
    meanAbsolute: errors.reduce((sum, value) => sum + value, 0) / errors.length,
    relativeLInfinity: largest(errors) / largest(exact),
  };
}

/** The errors of every output with an exact solution, by name; with several outputs as relativeL2_u, …. */
export function solutionErrors(
  problem: PinnProblem,
  computed: Readonly<Record<string, Float64Array>>,
  exact: Readonly<Record<string, Float64Array>>,
): Record<string, number> {
  const isAlone = pinnOutputs(problem).length === 1;
  const all = Object.entries(exact).flatMap(([output, values]) =>
    Object.entries(pinnErrors(computed[output], values)).map(
      ([name, error]) => [isAlone ? name : `${name}_${output}`, error] as const,
    ),
  );
  return Object.fromEntries(all);
}
