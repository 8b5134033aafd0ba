/** The programs that an objective compiles; each takes what a mini-batch feeds. */
import { gradient, hessianVectorProduct } from "../../graph/differentiate.js";
import { add, input, matmul } from "../../graph/functions.js";
import type { Program } from "../../graph/program.js";
import { type Curvature, curvatureProduct } from "./curvature.js";
import type { LossFunction } from "./lossFunction.js";

/** What a mini-batch feeds, by name. */
export type Fed = Parameters<LossFunction["terms"]>[1];

/** A program once it is known what a mini-batch feeds. */
export type LossProgram = (fed: Fed) => Program;

/** The loss and its terms at `count` parameter points. */
export function termsProgram({ terms, size }: LossFunction, count: number): LossProgram {
  return (fed) => {
    const theta = input("theta", [count, size]);
    return { inputs: { theta }, outputs: terms(theta, fed) };
  };
}

export function gradientProgram({ terms, size }: LossFunction): LossProgram {
  return (fed) => {
    const theta = input("theta", [1, size]);
    const { loss } = terms(theta, fed);
    return { inputs: { theta }, outputs: { loss, gradient: gradient(loss, [theta])[0] } };
  };
}

/** The product of the Hessian, or of another curvature matrix, with a vector. */
export function productProgram({ terms, parts, size }: LossFunction, matrix: Curvature): LossProgram {
  return (fed) => {
    const [theta, v] = [input("theta", [1, size]), input("v", [1, size])];
    if (matrix === "hessian") {
      return { inputs: { theta, v }, outputs: { product: hessianVectorProduct(terms(theta, fed).loss, theta, v) } };
    }
    const lossParts = parts?.(theta, fed);
    if (!lossParts) {
      throw new Error(`the loss has no outputs, which the matrix ${matrix} needs; expected the matrix hessian`);
    }
    return { inputs: { theta, v }, outputs: { product: curvatureProduct(matrix, lossParts, theta, v) } };
  };
}

/** The loss and its terms at `count` points of an affine space, by their coefficients along k directions. */
export function alongProgram({ terms, size }: LossFunction, count: number, k: number): LossProgram {
  return (fed) => {
    const center = input("center", [1, size]);
    const directions = input("directions", [k, size]);
    const coefficients = input("coefficients", [count, k]);
    const outputs = terms(add(center, matmul(coefficients, directions)), fed);
    return { inputs: { center, directions, coefficients }, outputs };
  };
}
