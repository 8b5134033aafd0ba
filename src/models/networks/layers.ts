/** The layers of networks. Each finds its parameters in the scope under its own name. */
import * as f from "../../graph/functions.js";
import { sizeOf } from "../../graph/shape.js";
import type { Random } from "../../linalg/random.js";
import { defaultBound } from "./initialization.js";
import type { Scope } from "./networkModel.js";

const zero = () => 0;
const one = () => 1;
const normal = (deviation: number) => (random: Random) => deviation * random.normal();
const uniform = (bound: number) => (random: Random) => bound * (2 * random.uniform() - 1);

interface ConvolutionLayer extends f.ConvolutionOptions {
  out: number;
  kernel: number;
  /** True when a constant is added to each channel. */
  bias: boolean;
}

/** Convolution of images [N, C, H, W]. */
export function convolution(scope: Scope, name: string, x: f.Tensor, layer: ConvolutionLayer): f.Tensor {
  const { out, kernel, bias, ...options } = layer;
  const shape = [out, x.shape[1] / (options.groups ?? 1), kernel, kernel];
  const draw = uniform(defaultBound(shape));
  const weight = scope.parameter({ name: `${name}.weight`, role: "weight", shape }, draw, "kernel");
  const y = f.conv2d(x, weight, options);
  if (!bias) return y;
  const constant = scope.parameter({ name: `${name}.bias`, role: "bias", shape: [out] }, draw, "bias");
  return f.add(y, f.reshape(constant, [out, 1, 1]));
}

/** x·Wᵀ + b over the last axis. */
export function linear(scope: Scope, name: string, x: f.Tensor, out: number): f.Tensor {
  const width = x.shape.at(-1)!;
  const draw = uniform(defaultBound([out, width]));
  const weight = scope.parameter({ name: `${name}.weight`, role: "weight", shape: [out, width] }, draw, "kernel");
  const bias = scope.parameter({ name: `${name}.bias`, role: "bias", shape: [out] }, draw, "bias");
  const rows = f.reshape(x, [sizeOf(x.shape) / width, width]);
  return f.reshape(f.add(f.matmul(rows, weight, { transposeB: true }), bias), [...x.shape.slice(0, -1), out]);
}

/** Batch norm of images [N, C, H, W]. It starts as the identity on normalised channels. */
export function batchNorm(scope: Scope, name: string, x: f.Tensor): f.Tensor {
  return f.batchNorm(x, scope.statistics(name, x), scaleAndShift(scope, name, [x.shape[1]]));
}

/** Normalises the last axis of x. */
export function layerNorm(scope: Scope, name: string, x: f.Tensor): f.Tensor {
  return f.layerNorm(x, scaleAndShift(scope, name, x.shape.slice(-1)));
}

/**
 * A row of numbers for each of `count` symbols or positions, initially small: normal with deviation 0.02, as in GPT-2.
 */
export function embedding(scope: Scope, name: string, count: number, width: number): f.Tensor {
  return scope.parameter({ name: `${name}.weight`, role: "weight", shape: [count, width] }, normal(0.02));
}

function scaleAndShift(scope: Scope, name: string, shape: readonly number[]) {
  return {
    scale: scope.parameter({ name: `${name}.weight`, role: "norm", shape }, one),
    shift: scope.parameter({ name: `${name}.bias`, role: "norm", shape }, zero),
  };
}
