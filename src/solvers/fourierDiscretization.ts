import type { Discretization, LinearPart } from "./discretization.js";
import { fourierTransform } from "./fourierTransform.js";

/**
 * Real functions with the period upper − lower, known at n = 2^k equispaced points from `lower` on, as coefficients of
 * e^{iκ_k(x − lower)} with κ_k = 2πk/(upper − lower), k = 0 … n/2. In a state, real and imaginary parts of all
 * functions at one k are neighbours.
 */
export function fourierDiscretization(
  [lower, upper]: readonly [number, number],
  n: number,
  fields: number,
): Discretization {
  const waves = n / 2 + 1;
  const width = 2 * fields;
  const unit = (2 * Math.PI) / (upper - lower);

  function state(values: readonly Float64Array[]): Float64Array {
    const result = new Float64Array(waves * width);
    for (const [field, value] of values.entries()) {
      const [real, imaginary] = [value.slice(), new Float64Array(n)];
      fourierTransform(real, imaginary, "forward");
      for (let k = 0; k < waves; k++) {
        result[k * width + 2 * field] = real[k] / n;
        result[k * width + 2 * field + 1] = imaginary[k] / n;
      }
    }
    return result;
  }

  function derivative(of: Float64Array, field: number, order: number): Float64Array {
    const [real, imaginary] = [new Float64Array(n), new Float64Array(n)];
    const { a, b } = symbol(order);
    for (let k = 0; k < waves; k++) {
      const c = of[k * width + 2 * field];
      const d = of[k * width + 2 * field + 1];
      real[k] = a[k] * c - b[k] * d;
      imaginary[k] = a[k] * d + b[k] * c;
      if (k === 0 || 2 * k === n) continue;
      real[n - k] = real[k];
      imaginary[n - k] = -imaginary[k];
    }
    fourierTransform(real, imaginary, "backward");
    return real;
  }

  const symbols: { a: Float64Array; b: Float64Array }[] = [];

  /** (iκ_k)^order = a_k + i b_k for all k. The odd derivatives of the highest wave vanish at all nodes. */
  function symbol(order: number) {
    symbols[order] ??= {
      a: Float64Array.from({ length: waves }, (_, k) => [1, 0, -1, 0][order % 4] * (unit * k) ** order),
      b: Float64Array.from(
        { length: waves },
        (_, k) => (2 * k === n ? 0 : [0, 1, 0, -1][order % 4]) * (unit * k) ** order,
      ),
    };
    return symbols[order];
  }

  const sample = (of: Float64Array, points: Float64Array) =>
    Array.from({ length: fields }, (_, field) =>
      points.map((point) => seriesAt(of.subarray(2 * field), waves, width, unit * (point - lower))),
    );

  function blocks(linear: LinearPart): Float64Array[] {
    return Array.from({ length: waves }, (_, k) => {
      const block = new Float64Array(width * width);
      for (const [i, row] of linear.entries()) {
        for (const [j, coefficients] of row.entries()) {
          for (const [order, coefficient] of coefficients.entries()) {
            const { a, b } = symbol(order);
            const at = 2 * i * width + 2 * j;
            block[at] += coefficient * a[k];
            block[at + 1] -= coefficient * b[k];
            block[at + width] += coefficient * b[k];
            block[at + width + 1] += coefficient * a[k];
          }
        }
      }
      return block;
    });
  }

  const nodes = Float64Array.from({ length: n }, (_, i) => lower + ((upper - lower) * i) / n);
  return { nodes, state, derivative, sample, rate: state, blocks, fixedRate: () => undefined };
}

/**
 * The real function with these coefficients, every `stride` numbers, at an angle: Horner's rule in z = e^{i·angle}. All
 * waves but the first and the last stand for two.
 */
function seriesAt(coefficients: Float64Array, waves: number, stride: number, angle: number): number {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  let re = 0;
  let im = 0;
  for (let k = waves - 1; k >= 0; k--) {
    const twice = k === 0 || k === waves - 1 ? 1 : 2;
    const turned = re * c - im * s + twice * coefficients[k * stride];
    im = re * s + im * c + twice * coefficients[k * stride + 1];
    re = turned;
  }
  return re;
}
