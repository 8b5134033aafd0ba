/** The loss of a process as an objective, so that every stage that samples or differentiates a loss can use it. */
import {
  type Differences,
  differenceGradient,
  differenceProduct,
  firstStep,
  relativeError,
  secondStep,
} from "../problems/differences.js";
import type { LossTerms, Objective } from "../problems/objective.js";
import type { Connection } from "./connection.js";
import type { Frame, FrameArray } from "./frames.js";
import type { Hello } from "./hello.js";

export interface ExternalOptions {
  dtype: "f32" | "f64";
  /** Tells whether missing derivatives are approximated, and gives the step; the default step depends on the dtype. */
  differences: boolean | { step: number };
  /** The relative difference that is allowed between two answers for the first point. */
  tolerance: number;
  log(text: string): void;
}

/** The most bytes of whole vectors in one request. */
const REQUEST_BYTES = 64 * 2 ** 20;

/**
 * The objective of a process that has sent its hello. The first loss is requested twice. Throws Error when the two
 * answers differ by more than the tolerance, when an answer lacks an array or has another shape, when the first loss, a
 * gradient or a product is not finite, and when a derivative is needed that the process does not compute while
 * `differences` is false.
 */
export function externalObjective(
  connection: Connection,
  { layout, size, columns, batch, combinations, ...answers }: Hello,
  { dtype, differences, tolerance, log }: ExternalOptions,
): Objective {
  const typed = (values: Float64Array) => (dtype === "f32" ? Float32Array.from(values) : values);
  const rowsPerAsk = Math.max(1, Math.min(batch, Math.floor(REQUEST_BYTES / (size * (dtype === "f32" ? 4 : 8)))));
  const used: Record<string, Differences> = {};
  let isChecked = false;

  /** The losses and columns of one request. The first row of the first request is sent twice. */
  async function measured(name: "points" | "coefficients", rows: Float64Array, width: number): Promise<LossTerms> {
    const request = (part: Float64Array) =>
      connection.ask({ do: "loss" }, { [name]: { shape: [part.length / width, width], values: typed(part) } });
    if (!isChecked) {
      const first = rows.subarray(0, width);
      const twice = [await request(first), await request(first)].map((frame) => lossesOf(frame, 1).loss[0]);
      requireRepeatable(twice, tolerance);
      isChecked = true;
    }
    return lossesOf(await request(rows), rows.length / width);
  }

  function lossesOf({ arrays }: Frame, count: number): LossTerms {
    const found = ["loss", ...columns].map((name) => [name, numbersOf(arrays, name, [count], "loss")] as const);
    return { loss: new Float64Array(0), ...Object.fromEntries(found) };
  }

  /** The rows of [P × width], joined from requests of as many rows as the process accepts. */
  async function inBatches(
    rows: Float64Array,
    width: number,
    most: number,
    ask: (part: Float64Array) => Promise<LossTerms>,
  ): Promise<LossTerms> {
    const total = rows.length / width;
    const joined: LossTerms = { loss: new Float64Array(total) };
    for (let start = 0; start < total; start += most) {
      const found = await ask(rows.subarray(start * width, Math.min(total, start + most) * width));
      for (const [name, values] of Object.entries(found)) {
        joined[name] ??= new Float64Array(total);
        joined[name].set(values, start);
      }
    }
    return joined;
  }

  const lossTerms = (points: Float64Array) =>
    inBatches(points, size, rowsPerAsk, (part) => measured("points", part, size));
  const losses = async (points: Float64Array) => (await lossTerms(points)).loss;

  /** By differences, with the error estimated at the first result. */
  async function approximated(
    what: "gradient" | "hvp",
    defaultStep: number,
    result: (step: number) => Promise<Float64Array>,
  ): Promise<Float64Array> {
    if (differences === false) {
      throw new Error(
        `the command does not answer "${what}", and problem.differences is false; implement it, or allow differences`,
      );
    }
    const step = used[what]?.step ?? (differences === true ? defaultStep : differences.step);
    const found = await result(step);
    if (used[what] === undefined) {
      used[what] = { step, error: relativeError(found, await result(2 * step)) };
      log(`${what} by central differences: step ${step}, relative error about ${used[what].error.toPrecision(2)}\n`);
    }
    return found;
  }

  async function gradientAt(theta: Float64Array): Promise<Float64Array> {
    if (answers.gradient) return (await askedGradient(theta)).gradient;
    const step = firstStep(dtype);
    return finite(
      await approximated("gradient", step, (h) => differenceGradient(losses, theta, h, rowsPerAsk)),
      "gradient",
    );
  }

  async function askedGradient(theta: Float64Array) {
    const { arrays } = await connection.ask({ do: "gradient" }, { points: { shape: [1, size], values: typed(theta) } });
    const gradient = numbersOf(arrays, "gradient", [1, size], "gradient");
    return { loss: numbersOf(arrays, "loss", [1], "gradient")[0], gradient: finite(gradient, "gradient") };
  }

  async function product(theta: Float64Array, v: Float64Array): Promise<Float64Array> {
    if (answers.hvp) {
      const vectors = {
        point: { shape: [size], values: typed(theta) },
        vectors: { shape: [1, size], values: typed(v) },
      };
      const { arrays } = await connection.ask({ do: "hvp" }, vectors);
      return finite(numbersOf(arrays, "product", [1, size], "hvp"), "hvp");
    }
    if (answers.gradient) {
      return approximated("hvp", firstStep(dtype), (h) => differenceProduct(gradientAt, theta, v, h));
    }
    // The inner differences use the same, larger step, because with the step of a first difference they would be all
    // rounding.
    const ofLosses = (h: number) =>
      differenceProduct((at) => differenceGradient(losses, at, h, rowsPerAsk), theta, v, h);
    return finite(await approximated("hvp", secondStep(dtype), ofLosses), "hvp");
  }

  return {
    layout,
    size,
    loss: losses,
    lossTerms,
    batchLosses: async (theta) => [{ loss: (await losses(theta))[0], weight: 1 }],
    async lossAndGradient(theta) {
      if (answers.gradient) return await askedGradient(theta);
      return { loss: (await losses(theta))[0], gradient: await gradientAt(theta) };
    },
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
    lossAlong(center, directions) {
      const k = directions.length;
      const sums = (part: Float64Array) => combined(center, directions, part);
      if (!combinations) {
        return (coefficients) => inBatches(coefficients, k, rowsPerAsk, (part) => measured("points", sums(part), size));
      }
      let stored: Promise<unknown> | undefined;
      return async (coefficients) => {
        stored ??= connection.prepare("set", { do: "set" }, storedVectors(center, directions, typed));
        await stored;
        return inBatches(coefficients, k, batch, (part) => measured("coefficients", part, k));
      };
    },
    release: () => connection.release(),
    ...(!(answers.gradient && answers.hvp) && { differences: () => used }),
  };
}

function storedVectors(
  center: Float64Array,
  directions: readonly Float64Array[],
  typed: (values: Float64Array) => Float64Array | Float32Array,
): Record<string, FrameArray> {
  const n = center.length;
  const joined = new Float64Array(directions.length * n);
  for (const [k, direction] of directions.entries()) joined.set(direction, k * n);
  return {
    center: { shape: [n], values: typed(center) },
    directions: { shape: [directions.length, n], values: typed(joined) },
  };
}

/** center + Σ coefficients[p][k] · directions[k] for each row p. Coefficients of zero give the center exactly. */
function combined(center: Float64Array, directions: readonly Float64Array[], coefficients: Float64Array): Float64Array {
  const [n, k] = [center.length, directions.length];
  const points = new Float64Array((coefficients.length / k) * n);
  for (let p = 0; p * k < coefficients.length; p++) {
    const row = points.subarray(p * n, (p + 1) * n);
    row.set(center);
    for (const [j, direction] of directions.entries()) {
      const c = coefficients[p * k + j];
      if (c !== 0) for (let i = 0; i < n; i++) row[i] += c * direction[i];
    }
  }
  return points;
}

function numbersOf(arrays: Record<string, FrameArray>, name: string, shape: number[], request: string): Float64Array {
  const found = arrays[name];
  const told = (sizes: readonly number[]) => `[${sizes.join(", ")}]`;
  if (found === undefined) {
    const all = Object.keys(arrays).join(", ") || "no array";
    throw new Error(`the command's answer to "${request}" has ${all}; expected "${name}" of shape ${told(shape)}`);
  }
  if (told(found.shape) !== told(shape)) {
    const has = `"${name}" of shape ${told(found.shape)}`;
    throw new Error(`the command's answer to "${request}" has ${has}; expected ${told(shape)}`);
  }
  return found.values instanceof Float64Array ? found.values : Float64Array.from(found.values);
}

function requireRepeatable([first, second]: readonly number[], tolerance: number): void {
  if (!Number.isFinite(first)) throw new Error(`the command's first loss is ${first}; expected a finite number`);
  if (Math.abs(first - second) <= tolerance * Math.max(Math.abs(first), Math.abs(second))) return;
  throw new Error(
    `the command gave ${first} and then ${second} for the same point; expected a relative difference of at most ${tolerance}; ` +
      "fix its seeds, turn dropout off, or raise problem.tolerance",
  );
}

function finite(values: Float64Array, what: string): Float64Array {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return values;
  throw new Error(`the command's ${what} has ${values[at]} at position ${at}; expected finite numbers`);
}
