import { gradientNoise } from "../../src/landscape/gradientNoise.js";
import { lanczos } from "../../src/landscape/lanczos.js";
import { randomStream } from "../../src/linalg/random.js";
import { dot } from "../../src/linalg/vectors.js";
import type { SpectrumRows } from "../artifacts/spectrum.js";
import type { Estimate, HessianParams, Operator } from "./tasks.js";

/** Random vectors for the variance of the matrix over mini-batches. */
const PROBES = 10;

/**
 * The gradient in relation to the matrix: its length, and the share of its square in the span of the k largest
 * eigenvectors. For a loss with several mini-batches, also the differences of gradients and products between them.
 */
export async function gradient(
  { multiply, gradients, products, size, seed, hooks }: Operator,
  count: number,
  { dtype, maxIterations, tolerance = dtype === "f64" ? 1e-9 : 1e-4 }: HessianParams,
): Promise<Estimate> {
  const noise = gradientNoise();
  let batches = 0;
  const whole = await gradients((gradient, weight) => {
    noise.add(gradient, weight);
    batches++;
  });
  const { squaredNorm, variance, diversity } = noise.result();
  const one = (quantity: string, value: number, error = Number.NaN): SpectrumRows => ({
    quantity,
    position: [1],
    value: [value],
    error: [error],
  });
  const rows = [one("gradientNorm", Math.sqrt(squaredNorm))];
  if (count > 0) {
    const bound = Math.max(maxIterations, Math.min(count, size));
    const options = { count, which: "largest", seed, tolerance, maxIterations: bound, hooks } as const;
    const { vectors } = await lanczos(multiply, size, options);
    let share = 0;
    const shares = vectors.map((vector) => (share += dot(vector, whole) ** 2 / squaredNorm));
    const position = vectors.map((_, k) => k + 1);
    rows.push({ quantity: "alignment", position, value: shares, error: shares.map(() => Number.NaN) });
  }
  if (batches > 1) {
    rows.push(one("gradientVariance", variance), one("gradientDiversity", diversity));
    const { mean, error } = await matrixVariance(products, size, seed);
    rows.push(one("matrixVariance", mean, error));
  }
  return { rows, facts: { batches } };
}

/** Σ w_b ‖M_b − M‖² in the Frobenius norm, by ±1 probes: the mean of Σ w_b ‖(M_b − M)v‖², with its standard error. */
async function matrixVariance(products: Operator["products"], size: number, seed: number) {
  const values: number[] = [];
  for (let probe = 0; probe < PROBES; probe++) {
    const random = randomStream(seed, "matrix variance", probe);
    const v = Float64Array.from({ length: size }, () => (random.uint32() >= 2 ** 31 ? 1 : -1));
    const noise = gradientNoise();
    await products(v, noise.add);
    values.push(noise.result().variance);
  }
  const mean = values.reduce((sum, x) => sum + x, 0) / PROBES;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (PROBES - 1) / PROBES) };
}
