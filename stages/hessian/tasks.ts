import type { Metadata } from "../../src/artifact/artifact.js";
import { chosenTensors, type HessianBlock, hessianBlocks } from "../../src/landscape/hessianBlocks.js";
import type { IterationHooks } from "../../src/landscape/iterationState.js";
import type { Multiply } from "../../src/landscape/symmetricOperator.js";
import type { TraceOptions } from "../../src/landscape/trace.js";
import type { Layout } from "../../src/models/networks/layout.js";
import type { Curvature } from "../../src/models/problems/curvature.js";
import type { SpectrumRows } from "../artifacts/spectrum.js";
import type { Rows } from "../inputs/checkpoints.js";
import type { LossOptions } from "../inputs/modelAtPorts.js";

export interface DensityOptions {
  probes: number;
  steps: number;
  deflate: number;
  scale: "linear" | "symlog";
  width?: number;
}

/** The parameters of the stage hessian. */
export interface HessianParams extends LossOptions {
  top: number;
  bottom: number;
  trace: false | Omit<Required<TraceOptions>, "seed" | "rounding">;
  density: false | DensityOptions;
  blocks: "none" | "layer" | "tensor";
  /** Default: hessian. */
  matrix?: Curvature;
  /** The names of tensors; all others stay fixed. Default: every tensor. */
  tensors?: string[];
  /** The checkpoints of the model. Default: last. */
  rows?: Rows;
  /** Default: false. */
  gradient?: boolean;
  dtype: "f32" | "f64";
  seed: number;
  tolerance?: number;
  maxIterations: number;
  allowUnconverged: boolean;
}

/** One quantity of one block, the work of a piece. */
export type Task = { block: HessianBlock } & (
  | { quantity: "top" | "bottom"; count: number }
  | { quantity: "trace"; options: Exclude<HessianParams["trace"], false> }
  | { quantity: "density"; options: DensityOptions }
  | { quantity: "gradient"; count: number }
);

/** The rows of a spectrum, and how they were computed. */
export interface Estimate {
  rows: SpectrumRows[];
  facts: Metadata;
}

/** Products with a block, and its own seed. */
export interface Operator {
  multiply: Multiply;
  size: number;
  seed: number;
  /** Keeps the state of a long iteration. */
  hooks: IterationHooks;
  /** The gradient in the block, and the gradient of each mini-batch. */
  gradients(each: EachBatch): Promise<Float64Array>;
  /** The product, and the product of each mini-batch. */
  products(v: Float64Array, each: EachBatch): Promise<Float64Array>;
}

type EachBatch = (vector: Float64Array, weight: number) => void;

/** All quantities in the parameters, block by block. The whole Hessian is the first block. */
export function hessianTasks(whole: Layout, params: HessianParams): Task[] {
  const { top, bottom, trace, density, blocks, tensors, gradient } = params;
  const layout = tensors ? chosenTensors(whole, tensors) : whole;
  const all = [...hessianBlocks(layout, "model"), ...(blocks === "none" ? [] : hessianBlocks(layout, blocks))];
  return all.flatMap((block): Task[] => [
    ...(top > 0 ? [{ block, quantity: "top" as const, count: top }] : []),
    ...(bottom > 0 ? [{ block, quantity: "bottom" as const, count: bottom }] : []),
    ...(trace ? [{ block, quantity: "trace" as const, options: trace }] : []),
    ...(density ? [{ block, quantity: "density" as const, options: density }] : []),
    ...(gradient ? [{ block, quantity: "gradient" as const, count: top }] : []),
  ]);
}
