/** The closed table of primitive operators. Everything else is a composition of these (functions.ts). */
import { expandOperator, reduceSumOperator, reshapeOperator } from "./operators/broadcast.js";
import { convInputOperator, convOperator, convWeightOperator } from "./operators/convolution.js";
import { binaryOperators, stopGradientOperator, unaryOperators, whereOperator } from "./operators/elementwise.js";
import { erfOperator } from "./operators/erf.js";
import { gatherOperator, scatterAddOperator } from "./operators/gather.js";
import { matmulOperator } from "./operators/matmul.js";
import { concatOperator, padOperator, sliceOperator, transposeOperator } from "./operators/movement.js";
import { reduceMaxOperator } from "./operators/reduceMax.js";
import { leafOperators } from "./tensor.js";

export const operators = {
  ...leafOperators,
  ...unaryOperators,
  erf: erfOperator,
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
  gather: gatherOperator,
  scatterAdd: scatterAddOperator,
  matmul: matmulOperator,
  conv2d: convOperator,
  convInput: convInputOperator,
  convWeight: convWeightOperator,
};
