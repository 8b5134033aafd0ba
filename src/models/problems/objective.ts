import type { Executable, Values } from "../../graph/backend.js";
import { loadBackend } from "../../graph/backends/index.js";
import { gradient, hessianVectorProduct } from "../../graph/differentiate.js";
import { add, input, matmul } from "../../graph/functions.js";
import type { Dtype, Program } from "../../graph/program.js";
import type { Layout } from "../networks/layout.js";
import { type Curvature, curvatureProduct } from "./curvature.js";
import type { Differences } from "./differences.js";
import type { LossFunction } from "./lossFunction.js";

/** The loss and the terms it is the sum of, by name. */
export type LossTerms = Record<string, Float64Array> & { loss: Float64Array };

type EachBatch = (vector: Float64Array, weight: number) => void;

/** A loss with its derivatives, ready to be computed. Parameters are flat vectors in the order of `layout`. */
export interface Objective {
  readonly layout: Layout;
  /** Number of parameters, n. */
  readonly size: number;
  /** How many points of `lossAlong` are best asked for together. Default: 1. */
  readonly pointsPerRun?: number;
  /** The losses at any number of parameter points, [P × n] → [P]. */
  loss(points: Float64Array): Promise<Float64Array>;
  /** The loss and the terms it is the sum of, at any number of parameter points. */
  lossTerms(points: Float64Array): Promise<LossTerms>;
  /** The loss of each mini-batch at one point, and what share of the samples the batch has. */
  batchLosses(theta: Float64Array): Promise<{ loss: number; weight: number }[]>;
  lossAndGradient(theta: Float64Array): Promise<{ loss: number; gradient: Float64Array }>;
  hessianVectorProduct(theta: Float64Array, v: Float64Array): Promise<Float64Array>;
  /**
   * The product with a curvature matrix. `each` is told the product of each mini-batch, whose mean it is, and its
   * weight. Throws Error for a matrix that the loss does not have.
   */
  curvatureProduct(matrix: Curvature, theta: Float64Array, v: Float64Array, each?: EachBatch): Promise<Float64Array>;
  /** The gradient; `each` is told that of each mini-batch, whose mean it is, and its weight. */
  batchGradients(theta: Float64Array, each: EachBatch): Promise<Float64Array>;
  /**
   * The loss and its terms on the affine space through `center` along k directions: takes coefficients [P × k] to
   * values [P] by name. The points are computed where the loss is, never held together, and coefficients of zero give
   * the center exactly. What a point gives does not depend on the others it is asked for with.
   */
  lossAlong(
    center: Float64Array,
    directions: readonly Float64Array[],
  ): (coefficients: Float64Array) => Promise<LossTerms>;
  /** Of a loss whose derivatives are not all exact: how they were approximated so far. */
  differences?(): Readonly<Record<string, Differences>>;
  /** Frees the compiled programs. */
  release(): Promise<void>;
}

/**
 * Makes a loss computable in an element type on a backend (by name). Programs are compiled when first needed, and kept.
 */
export async function createObjective(
  { layout, size, pointsPerRun, batches, terms, parts }: LossFunction,
  { dtype, backend }: { dtype: Dtype; backend?: string },
): Promise<Objective> {
  const { compile } = await loadBackend(backend);
  const compiled = new Map<string, Promise<Executable>>();
  const convert = (values: Values): Values => (dtype === "f32" ? Float32Array.from(values) : Float64Array.from(values));
  const fits = (values: Values) => values instanceof (dtype === "f32" ? Float32Array : Float64Array);
  const data = batches.map(({ weight, feeds }) => {
    const fed = Object.entries(feeds).map(
      ([name, { values }]) => [name, fits(values) ? values : convert(values)] as const,
    );
    const shapes = Object.entries(feeds).map(([name, { shape }]) => [name, shape] as const);
    return { weight, values: Object.fromEntries(fed), shapes };
  });

  function compileOnce(key: string, build: () => Program): Promise<Executable> {
    const known = compiled.get(key);
    if (known) return known;
    const made = compile(build(), { dtype });
    compiled.set(key, made);
    return made;
  }

  type Fed = Parameters<LossFunction["terms"]>[1];

  /**
   * The weighted mean over the mini-batches of what a program gives; `build` takes what the batch feeds, `each` is told
   * what each one gives.
   */
  async function overBatches(
    name: string,
    build: (fed: Fed) => Program,
    feeds: Record<string, Values>,
    each: (results: Record<string, Float64Array>, weight: number) => void = () => {},
  ): Promise<Record<string, Float64Array>> {
    const mean: Record<string, Float64Array> = {};
    const fixed = Object.entries(feeds).map(
      ([feed, values]) => [feed, fits(values) ? values : convert(values)] as const,
    );
    const converted = Object.fromEntries(fixed);
    for (const { weight, values, shapes } of data) {
      const executable = await compileOnce(`${name} ${JSON.stringify(shapes)}`, () => {
        const fed = Object.fromEntries(shapes.map(([feed, shape]) => [feed, input(feed, shape)]));
        const { inputs, outputs } = build(fed);
        return { inputs: { ...inputs, ...fed }, outputs };
      });
      const results = await executable.run({ ...converted, ...values });
      each(results, weight);
      if (data.length === 1) return results;
      for (const [output, result] of Object.entries(results)) {
        mean[output] ??= new Float64Array(result.length);
        for (let i = 0; i < result.length; i++) mean[output][i] += weight * result[i];
      }
    }
    return mean;
  }

  const termsProgram = (count: number) => (fed: Fed) => {
    const theta = input("theta", [count, size]);
    return { inputs: { theta }, outputs: terms(theta, fed) };
  };

  const gradientProgram = (fed: Fed) => {
    const theta = input("theta", [1, size]);
    const { loss } = terms(theta, fed);
    return { inputs: { theta }, outputs: { loss, gradient: gradient(loss, [theta])[0] } };
  };

  const productProgram = (fed: Fed) => {
    const [theta, v] = [input("theta", [1, size]), input("v", [1, size])];
    return { inputs: { theta, v }, outputs: { product: hessianVectorProduct(terms(theta, fed).loss, theta, v) } };
  };

  const curvatureProgram = (matrix: Exclude<Curvature, "hessian">) => (fed: Fed) => {
    const [theta, v] = [input("theta", [1, size]), input("v", [1, size])];
    const lossParts = parts?.(theta, fed);
    if (!lossParts) {
      throw new Error(`the loss has no outputs, which the matrix ${matrix} is made of; expected the matrix hessian`);
    }
    return { inputs: { theta, v }, outputs: { product: curvatureProduct(matrix, lossParts, theta, v) } };
  };

  const alongProgram = (count: number, k: number) => (fed: Fed) => {
    const center = input("center", [1, size]);
    const directions = input("directions", [k, size]);
    const coefficients = input("coefficients", [count, k]);
    const outputs = terms(add(center, matmul(coefficients, directions)), fed);
    return { inputs: { center, directions, coefficients }, outputs };
  };

  /** Runs a program over rows, `pointsPerRun` at a time and the rest one by one, and joins the results. */
  async function inRuns(
    rows: Float64Array,
    width: number,
    run: (rows: Float64Array, count: number) => Promise<Record<string, Float64Array>>,
  ): Promise<Record<string, Float64Array>> {
    const total = rows.length / width;
    const joined: Record<string, Float64Array> = {};
    for (let start = 0, count: number; start < total; start += count) {
      count = total - start >= pointsPerRun ? pointsPerRun : 1;
      const results = await run(rows.subarray(start * width, (start + count) * width), count);
      for (const [name, values] of Object.entries(results)) {
        joined[name] ??= new Float64Array(total);
        joined[name].set(values, start);
      }
    }
    return joined;
  }

  async function lossTerms(points: Float64Array): Promise<LossTerms> {
    requireRows("parameter points", points, size);
    const run = (theta: Float64Array, count: number) =>
      overBatches(`terms of ${count}`, termsProgram(count), { theta });
    return { loss: new Float64Array(0), ...(await inRuns(points, size, run)) };
  }

  return {
    layout,
    size,
    pointsPerRun,
    lossTerms,
    loss: async (points) => (await lossTerms(points)).loss,
    async batchLosses(theta) {
      requireLength("theta", theta, size);
      const found: { loss: number; weight: number }[] = [];
      await overBatches("terms of 1", termsProgram(1), { theta }, ({ loss }, weight) =>
        found.push({ loss: loss[0], weight }),
      );
      return found;
    },
    async lossAndGradient(theta) {
      requireLength("theta", theta, size);
      const results = await overBatches("gradient", gradientProgram, { theta });
      return { loss: results.loss[0], gradient: results.gradient };
    },
    async hessianVectorProduct(theta, v) {
      requireLength("theta", theta, size);
      requireLength("v", v, size);
      return (await overBatches("Hessian–vector product", productProgram, { theta, v })).product;
    },
    async curvatureProduct(matrix, theta, v, each = () => {}) {
      requireLength("theta", theta, size);
      requireLength("v", v, size);
      const [name, program] =
        matrix === "hessian" ? ["Hessian–vector product", productProgram] : [matrix, curvatureProgram(matrix)];
      return (await overBatches(name, program, { theta, v }, ({ product }, weight) => each(product, weight))).product;
    },
    async batchGradients(theta, each) {
      requireLength("theta", theta, size);
      const ofBatch = ({ gradient }: Record<string, Float64Array>, weight: number) => each(gradient, weight);
      return (await overBatches("gradient", gradientProgram, { theta }, ofBatch)).gradient;
    },
    lossAlong(center, directions) {
      requireLength("the center", center, size);
      for (const [i, direction] of directions.entries()) requireLength(`direction ${i}`, direction, size);
      const k = directions.length;
      const joined = new Float64Array(k * size);
      for (const [i, direction] of directions.entries()) joined.set(direction, i * size);
      const fixed = { center: convert(center), directions: convert(joined) };
      return async (coefficients) => {
        requireRows("coefficients", coefficients, k);
        const count = coefficients.length / k;
        // One program for all points: whole runs, the last filled up with the center.
        const filled = new Float64Array(Math.ceil(count / pointsPerRun) * pointsPerRun * k);
        filled.set(coefficients);
        const run = (rows: Float64Array) =>
          overBatches(`along ${k}`, alongProgram(pointsPerRun, k), { ...fixed, coefficients: rows });
        const found = Object.entries(await inRuns(filled, k, run));
        const wanted = found.map(([name, values]) => [name, values.subarray(0, count)] as const);
        return { loss: new Float64Array(0), ...Object.fromEntries(wanted) };
      };
    },
    async release() {
      const programs = [...compiled.values()];
      compiled.clear();
      for (const result of await Promise.allSettled(programs)) {
        if (result.status === "fulfilled") await result.value.release();
      }
    },
  };
}

function requireLength(what: string, vector: Float64Array, size: number): void {
  if (vector.length !== size) throw new RangeError(`${what} has ${vector.length} numbers, expected ${size}`);
}

function requireRows(what: string, rows: Float64Array, width: number): void {
  if (rows.length % width !== 0) throw new RangeError(`${what}: ${rows.length} numbers are no whole rows of ${width}`);
}
