import { formatNumber } from "../../src/figures/numbers.js";
import { blockMultiply, chosenTensors, intoWhole } from "../../src/landscape/hessianBlocks.js";
import { lanczos } from "../../src/landscape/lanczos.js";
import { tensorSize } from "../../src/models/networks/layout.js";
import type { Curvature } from "../../src/models/problems/curvature.js";
import { differenceTolerance } from "../../src/models/problems/differences.js";
import { matrixWords } from "../artifacts/spectrum.js";
import { iterationHooks } from "../inputs/iterationHooks.js";
import { type Around, approximation, type Found, requireCount, type Shared, unitLength, withLoss } from "./method.js";

export interface HessianParams extends Shared {
  method: "hessian";
  count: number;
  /** Default: hessian. */
  matrix?: Curvature;
  /** The names of tensors that may move. Default: all. */
  tensors?: string[];
  which: "magnitude" | "largest" | "smallest";
  tolerance?: number;
  maxIterations: number;
  allowUnconverged: boolean;
}

/**
 * Eigenvectors of the Hessian of the loss, or of another curvature matrix, by Lanczos; zero outside the chosen tensors.
 * Throws Error when they do not converge.
 */
export function hessian(params: HessianParams, around: Around): Promise<Found> {
  const { count, which, seed, maxIterations, allowUnconverged, matrix = "hessian", tensors } = params;
  const { weights, context, layout } = around;
  const moving = tensors ? chosenTensors(layout, tensors) : layout;
  const block = { tensors: moving, size: moving.reduce((size, tensor) => size + tensorSize(tensor), 0) };
  requireCount(count, weights.subarray(0, block.size));
  const name = matrixWords[matrix];
  return withLoss(params, around, async (objective) => {
    const exact = params.dtype === "f64" ? 1e-8 : 1e-4;
    const { tolerance = objective.differences ? differenceTolerance(params.dtype) : exact } = params;
    const hooks = iterationHooks(context.resume, "eigenvectors", () => ({
      ...{ products, approximation: approximation(objective) },
    }));
    let products = hooks.left?.products ?? 0;
    const product = (v: Float64Array) => {
      context.progress(undefined, `${products++} products with the ${name} matrix`);
      return objective.curvatureProduct(matrix, weights, v);
    };
    const multiply = blockMultiply(product, weights.length, { name: "directions", ...block });
    const found = await lanczos(multiply, block.size, { count, which, seed, tolerance, maxIterations, hooks });
    const { values, residuals, bound } = found;
    const vectors = found.vectors.map((vector) => intoWhole(vector, weights.length, block));
    const converged = Int32Array.from(residuals, (residual) => Number(residual <= bound));
    if (!found.converged && !allowUnconverged) {
      const worst = formatNumber(Math.max(...residuals));
      const fault = converged.every(Boolean)
        ? `the search for further eigenvalues as large was not finished`
        : `‖Hv − λv‖ is up to ${worst} where ${formatNumber(bound)} would do`;
      throw new Error(
        `${count} ${name} eigenvectors did not converge in ${found.iterations} products: ${fault}; raise maxIterations, ` +
          `or tolerance (${tolerance}), ask for fewer, or set allowUnconverged to take them as Ritz vectors`,
      );
    }
    return {
      vectors,
      labels: Array.from(values, (value, k) =>
        converged[k]
          ? `${name} eigenvector ${k + 1} (λ = ${formatNumber(value)})`
          : `Ritz vector ${k + 1} (λ ≈ ${formatNumber(value)} ± ${formatNumber(residuals[k])})`,
      ),
      unit: unitLength,
      columns: { eigenvalue: values, residual: residuals, converged },
      metadata: {
        ...{ products, which, tolerance, searchFinished: found.converged },
        ...(params.matrix && { matrix }),
        ...(tensors && { tensors }),
        ...{ ...approximation(objective), ...hooks.left?.approximation },
      },
      summary: Object.fromEntries(Array.from(values, (value, k) => [`eigenvalue${k + 1}`, value])),
    };
  });
}
