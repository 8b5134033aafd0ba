import { lanczos } from "../../src/landscape/lanczos.js";
import { matrixWords } from "../artifacts/spectrum.js";
import type { Estimate, HessianParams, Operator } from "./tasks.js";

/**
 * Eigenvalues of one end, the outermost first, with ‖Hv − λv‖ as error; an eigenvalue lies within it. Throws Error when
 * they do not converge and the parameters do not allow that.
 */
export async function eigenvalues(
  { multiply, size, seed, hooks }: Operator,
  end: "top" | "bottom",
  count: number,
  block: string,
  params: HessianParams,
): Promise<Estimate> {
  const { maxIterations, allowUnconverged, tolerance = params.dtype === "f64" ? 1e-9 : 1e-4 } = params;
  const which = end === "top" ? "largest" : "smallest";
  const bound = Math.max(maxIterations, Math.min(count, size));
  const found = await lanczos(multiply, size, { count, which, seed, tolerance, maxIterations: bound, hooks });
  const { values, residuals, converged, iterations } = found;
  if (!converged && !allowUnconverged) {
    throw new Error(
      `the ${values.length} ${which} ${matrixWords[params.matrix ?? "hessian"]} eigenvalues of ${block} did not converge in ${iterations} products: ` +
        `‖Hv − λv‖ is up to ${Math.max(...residuals).toPrecision(3)}; raise maxIterations, or tolerance (${tolerance}), ` +
        "or ask for fewer, or set allowUnconverged",
    );
  }
  const position = Array.from(values, (_, k) => k + 1);
  return { rows: [{ quantity: end, position, value: values, error: residuals }], facts: { converged, tolerance } };
}
