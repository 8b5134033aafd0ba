import { formatNumber } from "../../src/figures/numbers.js";
import { lanczos } from "../../src/landscape/lanczos.js";
import { type Around, type Found, requireCount, type Shared, unitLength, withLoss } from "./method.js";

export interface HessianParams extends Shared {
  method: "hessian";
  count: number;
  which: "magnitude" | "largest" | "smallest";
  tolerance?: number;
  maxIterations: number;
  allowUnconverged: boolean;
}

/** Eigenvectors of the loss's Hessian, by Lanczos. Throws Error where they do not converge. */
export function hessian(params: HessianParams, around: Around): Promise<Found> {
  const { count, which, seed, maxIterations, allowUnconverged } = params;
  const { tolerance = params.dtype === "f64" ? 1e-8 : 1e-4 } = params;
  const { weights, context } = around;
  requireCount(count, weights);
  return withLoss(params, around, async (objective) => {
    let products = 0;
    const multiply = (v: Float64Array) => {
      context.progress(undefined, `${products++} Hessian–vector products`);
      return objective.hessianVectorProduct(weights, v);
    };
    const found = await lanczos(multiply, weights.length, { count, which, seed, tolerance, maxIterations });
    const { values, residuals, bound, vectors } = found;
    const converged = Int32Array.from(residuals, (residual) => Number(residual <= bound));
    if (!found.converged && !allowUnconverged) {
      const worst = formatNumber(Math.max(...residuals));
      const fault = converged.every(Boolean)
        ? `the search for further eigenvalues as large was not finished`
        : `‖Hv − λv‖ is up to ${worst} where ${formatNumber(bound)} would do`;
      throw new Error(
        `${count} Hessian eigenvectors did not converge in ${found.iterations} products: ${fault}; raise maxIterations, ` +
          `or tolerance (${tolerance}), ask for fewer, or set allowUnconverged to take them as Ritz vectors`,
      );
    }
    return {
      vectors,
      labels: Array.from(values, (value, k) =>
        converged[k]
          ? `Hessian eigenvector ${k + 1} (λ = ${formatNumber(value)})`
          : `Ritz vector ${k + 1} (λ ≈ ${formatNumber(value)} ± ${formatNumber(residuals[k])})`,
      ),
      unit: unitLength,
      columns: { eigenvalue: values, residual: residuals, converged },
      metadata: { products, which, tolerance, searchFinished: found.converged },
      summary: Object.fromEntries(Array.from(values, (value, k) => [`eigenvalue${k + 1}`, value])),
    };
  });
}
