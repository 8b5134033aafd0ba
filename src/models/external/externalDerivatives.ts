import {
  type Differences,
  differenceGradient,
  differenceProduct,
  firstStep,
  relativeError,
  secondStep,
} from "../problems/differences.js";
import { finite, numbersOf } from "./answerArrays.js";
import type { Connection } from "./connection.js";
import type { externalLosses } from "./externalLosses.js";
import type { Hello } from "./hello.js";

export interface DerivativeOptions {
  dtype: "f32" | "f64";
  /** Tells whether missing derivatives are approximated, and gives the step; the default step depends on the dtype. */
  differences: boolean | { step: number };
  log(text: string): void;
}

/**
 * The derivatives of an external loss: those that the process answers, and differences for the others. Throws Error for
 * a result that is not finite, and for a missing derivative while `differences` is false.
 */
export function externalDerivatives(
  connection: Connection,
  { size, ...answers }: Hello,
  { dtype, differences, log }: DerivativeOptions,
  { losses, rowsPerAsk }: ReturnType<typeof externalLosses>,
  typed: (values: Float64Array) => Float64Array | Float32Array,
) {
  const used: Record<string, Differences> = {};

  /** A derivative by differences, with the error estimated at the first result. */
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
    return finite(found, what);
  }

  async function askedGradient(theta: Float64Array) {
    const { arrays } = await connection.ask({ do: "gradient" }, { points: { shape: [1, size], values: typed(theta) } });
    const gradient = numbersOf(arrays, "gradient", [1, size], "gradient");
    return { loss: numbersOf(arrays, "loss", [1], "gradient")[0], gradient: finite(gradient, "gradient") };
  }

  async function gradientAt(theta: Float64Array): Promise<Float64Array> {
    if (answers.gradient) return (await askedGradient(theta)).gradient;
    return approximated("gradient", firstStep(dtype), (h) => differenceGradient(losses, theta, h, rowsPerAsk));
  }

  async function lossAndGradient(theta: Float64Array) {
    if (answers.gradient) return await askedGradient(theta);
    return { loss: (await losses(theta))[0], gradient: await gradientAt(theta) };
  }

  async function askedProduct(theta: Float64Array, v: Float64Array): Promise<Float64Array> {
    const vectors = {
      point: { shape: [size], values: typed(theta) },
      vectors: { shape: [1, size], values: typed(v) },
    };
    const { arrays } = await connection.ask({ do: "hvp" }, vectors);
    return finite(numbersOf(arrays, "product", [1, size], "hvp"), "hvp");
  }

  /** The Hessian times v. */
  async function product(theta: Float64Array, v: Float64Array): Promise<Float64Array> {
    if (answers.hvp) return askedProduct(theta, v);
    if (answers.gradient) {
      return approximated("hvp", firstStep(dtype), (h) => differenceProduct(gradientAt, theta, v, h));
    }
    // The inner differences use the same, larger step, because with the step of a first difference they would be all
    // rounding.
    return approximated("hvp", secondStep(dtype), (h) =>
      differenceProduct((at) => differenceGradient(losses, at, h, rowsPerAsk), theta, v, h),
    );
  }

  return { gradientAt, lossAndGradient, product, used };
}
