/** Normalisations over channels, positions and layers. */
import * as f from "../../functions.js";
import { sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { type Call, frontAxis, type Rule } from "../call.js";
import { real, type Value } from "../value.js";

const EPSILON = 1e-5;

/** A value per channel [C] in the shape that broadcasts to a tensor [N, C, …]. */
const perChannel = (tensor: Tensor, x: Tensor) => f.reshape(tensor, [x.shape[1], ...x.shape.slice(2).map(() => 1)]);

/** In training mode the statistics in the file are those before the batch. The network decides which ones to use. */
function batchNormalization(call: Call): Value {
  const x = call.tensor(0);
  const statistics = call.around.statistics(call.node, x);
  const affine = { scale: call.tensor(1), shift: call.tensor(2) };
  return real(f.batchNorm(x, statistics, affine, { epsilon: call.number("epsilon", EPSILON) }));
}

function standardize(x: Tensor, axes: readonly number[], epsilon: number, isCentered = true): Tensor {
  const deviation = isCentered ? f.sub(x, f.mean(x, axes, { keepdims: true })) : x;
  const variance = f.mean(f.pow(deviation, 2), axes, { keepdims: true });
  return f.div(deviation, f.sqrt(f.add(variance, epsilon)));
}

const lastAxes = (call: Call, x: Tensor) =>
  [...x.shape.keys()].slice(frontAxis(call.number("axis", -1), x.shape.length));

function layerNormalization(call: Call): Value {
  const x = call.tensor(0);
  const normalized = standardize(x, lastAxes(call, x), call.number("epsilon", EPSILON));
  const scaled = f.mul(normalized, call.tensor(1));
  const bias = call.optional(2);
  return real(bias ? f.add(scaled, bias.tensor) : scaled);
}

function rmsNormalization(call: Call): Value {
  const x = call.tensor(0);
  return real(f.mul(standardize(x, lastAxes(call, x), call.number("epsilon", EPSILON), false), call.tensor(1)));
}

function instanceNormalization(call: Call): Value {
  const x = call.tensor(0);
  const normalized = standardize(x, [...x.shape.keys()].slice(2), call.number("epsilon", EPSILON));
  return real(f.add(f.mul(normalized, perChannel(call.tensor(1), x)), perChannel(call.tensor(2), x)));
}

/** Until opset 20 scale and bias belong to groups, afterwards to channels. */
function groupNormalization(call: Call): Value {
  const x = call.tensor(0);
  const groups = call.number("num_groups", 1);
  const [samples, channels] = x.shape;
  const split = f.reshape(x, [samples, groups, sizeOf(x.shape.slice(1)) / groups]);
  const normalized = f.reshape(standardize(split, [2], call.number("epsilon", EPSILON)), x.shape);
  const ofChannels = (tensor: Tensor) => {
    if (tensor.shape[0] === channels) return perChannel(tensor, x);
    const each = f.expand(f.reshape(tensor, [groups, 1]), [groups, channels / groups]);
    return perChannel(f.reshape(each, [channels]), x);
  };
  return real(f.add(f.mul(normalized, ofChannels(call.tensor(1))), ofChannels(call.tensor(2))));
}

function lpNormalization(call: Call): Value {
  const x = call.tensor(0);
  const axes = [frontAxis(call.number("axis", -1), x.shape.length)];
  const isAbsolute = call.number("p", 2) === 1;
  const total = f.sum(isAbsolute ? f.abs(x) : f.mul(x, x), axes, { keepdims: true });
  return real(f.div(x, isAbsolute ? total : f.sqrt(total)));
}

function meanVarianceNormalization(call: Call): Value {
  return real(standardize(call.tensor(0), call.list("axes") ?? [0, 2, 3], 1e-9));
}

/** Local response normalisation of AlexNet, over `size` adjacent channels. */
function localResponse(call: Call): Value {
  const x = call.tensor(0);
  const size = call.number("size", 1);
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const sides = (width: number) => x.shape.map((_, axis) => (axis === 1 ? width : 0));
  const squares = f.pad(f.mul(x, x), sides(before), sides(after));
  const slices = Array.from({ length: size }, (_, i) => f.slice(squares, 1, i, i + x.shape[1]));
  const total = slices.reduce((sum, next) => f.add(sum, next));
  const inner = f.add(call.number("bias", 1), f.mul(call.number("alpha", 1e-4) / size, total));
  return real(f.mul(x, f.pow(inner, -call.number("beta", 0.75))));
}

export const normalizationRules: Readonly<Record<string, Rule>> = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  SimplifiedLayerNormalization: rmsNormalization,
  RMSNormalization: rmsNormalization,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  LpNormalization: lpNormalization,
  MeanVarianceNormalization: meanVarianceNormalization,
  LRN: localResponse,
};
