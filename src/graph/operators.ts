/** The closed table of primitive operators. Everything else is a composition of these (functions.ts). */
import { expandOperator, reduceSumOperator, reshapeOperator } from "./operators/broadcast.js";
import { binaryOperators, stopGradientOperator, unaryOperators, whereOperator } from "./operators/elementwise.js";
import { matmulOperator } from "./operators/matmul.js";
import { concatOperator, padOperator, sliceOperator, transposeOperator } from "./operators/movement.js";
import { reduceMaxOperator } from "./operators/reduceMax.js";
import { leafOperators } from "./tensor.js";

export const operators = {
  ...leafOperators,
  ...unaryOperators,
  ...binaryOperators,
  where: whereOperator,
  stopGradient: stopGradientOperator,
  reshape: reshapeOperator,
  expand: expandOperator,
  reduceSum: reduceSumOperator,
  reduceMax: reduceMaxOperator,
  transpose: transposeOperator,
  slice: sliceOperator,
  pad: padOperator,
  concat: concatOperator,
  matmul: matmulOperator,
};
