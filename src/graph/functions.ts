/** The functions for models and losses: the primitive operators and their common compositions. */
export { gelu, silu, softplus } from "./functions/activations.js";
export { attention } from "./functions/attention.js";
export {
  batchNorm,
  type ChannelStatistics,
  channelStatistics,
  groupNorm,
  layerNorm,
} from "./functions/normalization.js";
export { averagePool2d, maxPool2d } from "./functions/pooling.js";
export { logSoftmax, logSumExp, max, mean, min, softmax, sum } from "./functions/reductions.js";
export { resizeBilinear, resizeNearest } from "./functions/resize.js";
export { expand, reshape } from "./operators/broadcast.js";
export { type ConvolutionOptions, conv2d, convTranspose2d } from "./operators/convolution.js";
export {
  abs,
  add,
  cos,
  div,
  equal,
  exp,
  greater,
  greaterOrEqual,
  log,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  relu,
  sigmoid,
  sin,
  sqrt,
  stopGradient,
  sub,
  tanh,
  where,
} from "./operators/elementwise.js";
export { erf } from "./operators/erf.js";
export { gather, scatterAdd } from "./operators/gather.js";
export { matmul } from "./operators/matmul.js";
export { concat, pad, slice, transpose } from "./operators/movement.js";
export { constant, data, input, type Tensor } from "./tensor.js";
