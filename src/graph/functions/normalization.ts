/** Normalisations. The variance divides by the number of elements, as PyTorch's does in its forward pass. */
import { reshape } from "../operators/broadcast.js";
import { type ConvolutionAttributes, convOperator } from "../operators/convolution.js";
import { add, div, mul, pow, sqrt, sub } from "../operators/elementwise.js";
import { apply, type Tensor, topologicalOrder } from "../tensor.js";
import { mean } from "./reductions.js";

/** Two tensors of equal shape: after normalisation, multiply by one and add the other. */
interface Affine {
  scale: Tensor;
  shift: Tensor;
}

/** Mean and variance of each channel, both [C]. */
export interface ChannelStatistics {
  mean: Tensor;
  variance: Tensor;
}

const EPSILON = 1e-5;

/** The statistics of each channel of x [N, C, …] over samples and positions. */
export function channelStatistics(x: Tensor): ChannelStatistics {
  const axes = x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  const { center, variance } = moments(x, axes);
  const channels = [x.shape[1]];
  return { mean: reshape(center, channels), variance: reshape(variance, channels) };
}

/**
 * Normalises the channels of x [N, C, …] by the given statistics: those of x itself during training, stored ones
 * afterwards.
 */
export function batchNorm(
  x: Tensor,
  statistics: ChannelStatistics,
  { scale, shift }: Affine,
  { epsilon = EPSILON } = {},
): Tensor {
  const perChannel = (tensor: Tensor) => reshape(tensor, [x.shape[1], ...x.shape.slice(2).map(() => 1)]);
  // One factor and one term per channel, computed on tensors of C elements.
  const factor = div(scale, sqrt(add(statistics.variance, epsilon)));
  const term = sub(shift, mul(statistics.mean, factor));
  return add(scaleChannels(x, factor, statistics), perChannel(term));
}

/**
 * x [N, C, …] times one factor per channel. When x is the result of a convolution, the factor goes into the weights:
 * they are fewer, and x itself is not kept.
 */
function scaleChannels(x: Tensor, factor: Tensor, statistics: ChannelStatistics): Tensor {
  const own = x.operator === convOperator && !topologicalOrder([statistics.mean, statistics.variance]).includes(x);
  if (!own) return mul(x, reshape(factor, [x.shape[1], ...x.shape.slice(2).map(() => 1)]));
  const [images, weights] = x.inputs;
  return apply(
    convOperator,
    [images, mul(weights, reshape(factor, [x.shape[1], 1, 1, 1]))],
    x.attributes as ConvolutionAttributes,
  );
}

/** Normalises each sample over its last axes, whose number is that of scale and shift. */
export function layerNorm(x: Tensor, { scale, shift }: Affine): Tensor {
  const first = x.shape.length - scale.shape.length;
  const axes = x.shape.flatMap((_, axis) => (axis >= first ? [axis] : []));
  return add(mul(standardize(x, axes), scale), shift);
}

/** Normalises each sample of x [N, C, …] over groups of adjacent channels. scale and shift are [C]. */
export function groupNorm(x: Tensor, groups: number, { scale, shift }: Affine): Tensor {
  const [samples, channels, ...places] = x.shape;
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0) {
    throw new RangeError(`groupNorm: ${channels} channels do not split into ${groups} groups`);
  }
  const split = reshape(x, [samples, groups, x.shape.slice(1).reduce((product, n) => product * n, 1) / groups]);
  const normalized = reshape(standardize(split, [2]), x.shape);
  const perChannel = (tensor: Tensor) => reshape(tensor, [channels, ...places.map(() => 1)]);
  return add(mul(normalized, perChannel(scale)), perChannel(shift));
}

function standardize(x: Tensor, axes: readonly number[]): Tensor {
  const { deviation, variance } = moments(x, axes);
  return div(deviation, sqrt(add(variance, EPSILON)));
}

function moments(x: Tensor, axes: readonly number[]) {
  const center = mean(x, axes, { keepdims: true });
  const deviation = sub(x, center);
  return { center, deviation, variance: mean(pow(deviation, 2), axes, { keepdims: true }) };
}
