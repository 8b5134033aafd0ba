/** The loss of a process as an objective, so that every stage that samples or differentiates a loss can use it. */
import type { Objective } from "../problems/objective.js";
import type { Connection } from "./connection.js";
import { type DerivativeOptions, externalDerivatives } from "./externalDerivatives.js";
import { externalLosses } from "./externalLosses.js";
import type { Hello } from "./hello.js";

export interface ExternalOptions extends DerivativeOptions {
  /** The relative difference that is allowed between two answers for the first point. */
  tolerance: number;
}

/**
 * The objective of a process that has sent its hello. The first loss is requested twice. Throws Error when the two
 * answers differ by more than the tolerance, when an answer lacks an array or has another shape, when the first loss, a
 * gradient or a product is not finite, and when a derivative is needed that the process does not compute while
 * `differences` is false.
 */
export function externalObjective(connection: Connection, hello: Hello, options: ExternalOptions): Objective {
  const { dtype, tolerance } = options;
  const typed = (values: Float64Array) => (dtype === "f32" ? Float32Array.from(values) : values);
  const bytesPerNumber = dtype === "f32" ? 4 : 8;
  const measured = externalLosses(connection, hello, { typed, tolerance, bytesPerNumber });
  const { gradientAt, lossAndGradient, product, used } = externalDerivatives(
    connection,
    hello,
    options,
    measured,
    typed,
  );
  return {
    layout: hello.layout,
    size: hello.size,
    loss: measured.losses,
    lossTerms: measured.lossTerms,
    batchLosses: async (theta) => [{ loss: (await measured.losses(theta))[0], weight: 1 }],
    lossAndGradient,
    hessianVectorProduct: product,
    async curvatureProduct(matrix, theta, v, each) {
      if (matrix !== "hessian") {
        throw new Error(`an external problem has no ${matrix} matrix: its process only computes the Hessian`);
      }
      const found = await product(theta, v);
      each?.(found, 1);
      return found;
    },
    async batchGradients(theta, each) {
      const found = await gradientAt(theta);
      each(found, 1);
      return found;
    },
    lossAlong: measured.lossAlong,
    release: () => connection.release(),
    ...(!(hello.gradient && hello.hvp) && { differences: () => used }),
  };
}
