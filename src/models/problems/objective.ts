import type { Dtype } from "../../graph/program.js";
import type { Layout } from "../networks/layout.js";
import { type BatchMeans, batchMeans, inRuns } from "./batchMeans.js";
import { compiledPrograms } from "./compiledPrograms.js";
import type { Curvature } from "./curvature.js";
import type { Differences } from "./differences.js";
import type { LossFunction } from "./lossFunction.js";
import { alongProgram, gradientProgram, productProgram, termsProgram } from "./lossPrograms.js";

/** The loss and its terms, by name. */
export type LossTerms = Record<string, Float64Array> & { loss: Float64Array };

type EachBatch = (vector: Float64Array, weight: number) => void;

/** A loss with its derivatives, ready to compute. Parameters are flat vectors in the order of `layout`. */
export interface Objective {
  readonly layout: Layout;
  /** The number of parameters, n. */
  readonly size: number;
  /** The best number of points per call of `lossAlong`. Default: 1. */
  readonly pointsPerRun?: number;
  /** The losses at any number of parameter points, [P × n] → [P]. */
  loss(points: Float64Array): Promise<Float64Array>;
  /** The loss and its terms at any number of parameter points. */
  lossTerms(points: Float64Array): Promise<LossTerms>;
  /** The loss of each mini-batch at one point, and the batch's share of the samples. */
  batchLosses(theta: Float64Array): Promise<{ loss: number; weight: number }[]>;
  lossAndGradient(theta: Float64Array): Promise<{ loss: number; gradient: Float64Array }>;
  hessianVectorProduct(theta: Float64Array, v: Float64Array): Promise<Float64Array>;
  /**
   * The product with a curvature matrix. `each` receives the product of each mini-batch and its weight; the result is
   * their mean. Throws Error for a matrix that the loss does not have.
   */
  curvatureProduct(matrix: Curvature, theta: Float64Array, v: Float64Array, each?: EachBatch): Promise<Float64Array>;
  /** The gradient. `each` receives the gradient of each mini-batch and its weight; the result is their mean. */
  batchGradients(theta: Float64Array, each: EachBatch): Promise<Float64Array>;
  /**
   * The loss and its terms on the affine space through `center` along k directions. It maps coefficients [P × k] to
   * values [P] by name. The points are formed during the computation of the loss and never stored together.
   * Coefficients of zero give the center exactly. The result for a point does not depend on the other points in the
   * call.
   */
  lossAlong(
    center: Float64Array,
    directions: readonly Float64Array[],
  ): (coefficients: Float64Array) => Promise<LossTerms>;
  /** For a loss with approximate derivatives: how they were approximated so far. */
  differences?(): Readonly<Record<string, Differences>>;
  /** Frees the compiled programs. */
  release(): Promise<void>;
}

/** Compiles a loss in an element type for a backend (by name). Programs are compiled on demand and kept. */
export async function createObjective(
  loss: LossFunction,
  { dtype, backend }: { dtype: Dtype; backend?: string },
): Promise<Objective> {
  const { layout, size, pointsPerRun } = loss;
  const programs = await compiledPrograms(dtype, backend);
  const means = batchMeans(loss.batches, dtype, programs);

  async function lossTerms(points: Float64Array): Promise<LossTerms> {
    requireRows("parameter points", points, size);
    const run = (theta: Float64Array, count: number) =>
      means.over(`terms of ${count}`, termsProgram(loss, count), { theta });
    return { loss: new Float64Array(0), ...(await inRuns(points, size, pointsPerRun, run)) };
  }

  async function product(matrix: Curvature, theta: Float64Array, v: Float64Array, each: EachBatch = () => {}) {
    requireLength("theta", theta, size);
    requireLength("v", v, size);
    const name = matrix === "hessian" ? "Hessian–vector product" : matrix;
    const ofBatch = ({ product }: Record<string, Float64Array>, weight: number) => each(product, weight);
    return (await means.over(name, productProgram(loss, matrix), { theta, v }, ofBatch)).product;
  }

  return {
    layout,
    size,
    lossTerms,
    loss: async (points) => (await lossTerms(points)).loss,
    async batchLosses(theta) {
      requireLength("theta", theta, size);
      const found: { loss: number; weight: number }[] = [];
      await means.over("terms of 1", termsProgram(loss, 1), { theta }, ({ loss }, weight) =>
        found.push({ loss: loss[0], weight }),
      );
      return found;
    },
    async lossAndGradient(theta) {
      requireLength("theta", theta, size);
      const results = await means.over("gradient", gradientProgram(loss), { theta });
      return { loss: results.loss[0], gradient: results.gradient };
    },
    hessianVectorProduct: (theta, v) => product("hessian", theta, v),
    curvatureProduct: product,
    async batchGradients(theta, each) {
      requireLength("theta", theta, size);
      const ofBatch = ({ gradient }: Record<string, Float64Array>, weight: number) => each(gradient, weight);
      return (await means.over("gradient", gradientProgram(loss), { theta }, ofBatch)).gradient;
    },
    lossAlong: (center, directions) => lossAlong(loss, means, center, directions),
    release: programs.release,
  };
}

function lossAlong(
  loss: LossFunction,
  means: BatchMeans,
  center: Float64Array,
  directions: readonly Float64Array[],
): (coefficients: Float64Array) => Promise<LossTerms> {
  const { size, pointsPerRun } = loss;
  requireLength("the center", center, size);
  for (const [i, direction] of directions.entries()) requireLength(`direction ${i}`, direction, size);
  const k = directions.length;
  const joined = new Float64Array(k * size);
  for (const [i, direction] of directions.entries()) joined.set(direction, i * size);
  const fixed = { center: means.converted(center), directions: means.converted(joined) };
  return async (coefficients) => {
    requireRows("coefficients", coefficients, k);
    const count = coefficients.length / k;
    // One program for all points. Runs are full; the last one is padded with the center.
    const filled = new Float64Array(Math.ceil(count / pointsPerRun) * pointsPerRun * k);
    filled.set(coefficients);
    const run = (rows: Float64Array) =>
      means.over(`along ${k}`, alongProgram(loss, pointsPerRun, k), { ...fixed, coefficients: rows });
    const found = Object.entries(await inRuns(filled, k, pointsPerRun, run));
    const wanted = found.map(([name, values]) => [name, values.subarray(0, count)] as const);
    return { loss: new Float64Array(0), ...Object.fromEntries(wanted) };
  };
}

function requireLength(what: string, vector: Float64Array, size: number): void {
  if (vector.length !== size) throw new RangeError(`${what} has ${vector.length} numbers, expected ${size}`);
}

function requireRows(what: string, rows: Float64Array, width: number): void {
  if (rows.length % width !== 0) throw new RangeError(`${what}: ${rows.length} numbers are not whole rows of ${width}`);
}
