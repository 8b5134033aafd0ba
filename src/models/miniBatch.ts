import type { BatchColumns } from "../data/batches.js";
import type { Executable, Values } from "../graph/backend.js";
import { loadBackend } from "../graph/backends/index.js";
import { gradient } from "../graph/differentiate.js";
import * as f from "../graph/functions.js";
import type { Dtype, Program } from "../graph/program.js";
import { accuracy } from "./accuracy.js";
import { tensorSize, tensorView } from "./layout.js";
import { type Architecture, createModel } from "./model.js";
import { batchShapes, supervisedTerms } from "./supervisedLoss.js";
import type { SupervisedProblem } from "./supervisedProblem.js";

/** What a network learns by, one mini-batch after the other. Weights come in f64 and are rounded where it computes in f32. */
export interface MiniBatch {
  /**
   * The loss and its gradient with batch norms as in training, by the statistics of the batch, which are given, too: in the
   * order of the model's state, variances divided by their number.
   */
  gradient(theta: Float64Array, batch: BatchColumns): Promise<BatchGradient>;
  /** The loss with the statistics that are stored. */
  evaluate(theta: Float64Array, batch: BatchColumns, statistics?: Float64Array): Promise<Evaluation>;
  /** Frees the compiled programs. */
  release(): Promise<void>;
}

export interface Evaluation {
  loss: number;
  /** The share of labels that the network gets right; undefined for a loss without labels. */
  accuracy?: number;
}

interface BatchGradient extends Evaluation {
  /** In the element type of the computation; the next one is written to the same array. */
  gradient: Values;
  statistics?: Float64Array;
}

/** Makes a network's loss on mini-batches computable. For each size of batch a program is compiled when it first occurs. */
export async function miniBatch(
  architecture: Architecture,
  problem: SupervisedProblem,
  { dtype, backend }: { dtype: Dtype; backend?: string },
): Promise<MiniBatch> {
  const model = createModel(architecture);
  const { compile } = await loadBackend(backend);
  const compiled = new Map<string, Promise<Executable>>();
  const threads = threadsOf(architecture);
  const rounded = dtype === "f32" ? new Float32Array(model.size) : undefined;
  const slope = dtype === "f32" ? new Float32Array(model.size) : new Float64Array(model.size);
  const slopes = named(
    "gradient",
    model.layout.map((tensor) => tensorView(slope, tensor)),
  );

  function compileOnce(key: string, build: () => Program): Promise<Executable> {
    const known = compiled.get(key);
    if (known) return known;
    const made = compile(build(), { dtype, threads });
    compiled.set(key, made);
    return made;
  }

  function program(count: number, isTraining: boolean): Program {
    const shapes = batchShapes(model, problem, count);
    // Weights come, and their gradient goes, tensor by tensor: a flat vector would be cut and joined in every run.
    const weights = model.layout.map((tensor) => f.input(tensor.name, [1, tensorSize(tensor)]));
    const theta = f.concat(weights, 1);
    const [inputs, targets] = [f.input("inputs", shapes.inputs), f.input("targets", shapes.targets)];
    const stored = model.state && !isTraining ? f.input("stored", [1, model.state.size]) : undefined;
    const outputs = model.apply(theta, inputs, stored);
    const { loss } = supervisedTerms(model, problem, theta, outputs, targets);
    const right = accuracy(problem.loss, f.reshape(outputs, [1, ...outputShapeOf(), count]), targets);
    // Equal computations are merged: the statistics are those that the outputs were computed with.
    const statistics = isTraining ? model.state?.recompute(theta, inputs) : undefined;
    return {
      inputs: { ...named("weights", weights), inputs, targets, ...(stored && { stored }) },
      outputs: {
        loss,
        ...(right && { accuracy: right }),
        ...(isTraining && named("gradient", gradient(loss, weights))),
        ...(statistics && { statistics }),
      },
    };
  }

  const outputShapeOf = () => (problem.loss === "cross-entropy" ? model.outputShape : [model.outputs]);

  async function run(theta: Float64Array, batch: BatchColumns, isTraining: boolean, stored?: Float64Array) {
    rounded?.set(theta);
    const parts = model.layout.map((tensor) => tensorView(rounded ?? theta, tensor));
    const feeds: Record<string, Values> = {
      ...named("weights", parts),
      inputs: batch.inputs,
      targets: batch.targets,
    };
    if (stored) feeds.stored = stored;
    const executable = await compileOnce(`${isTraining} ${batch.count}`, () => program(batch.count, isTraining));
    return executable.run(feeds, isTraining ? slopes : {});
  }

  return {
    async gradient(theta, batch) {
      const { loss, accuracy, statistics } = await run(theta, batch, true);
      return { loss: loss[0], accuracy: shareOf(accuracy, batch), gradient: slope, statistics };
    },
    async evaluate(theta, batch, statistics) {
      const { loss, accuracy } = await run(theta, batch, false, statistics);
      return { loss: loss[0], accuracy: shareOf(accuracy, batch) };
    },
    async release() {
      const programs = [...compiled.values()];
      compiled.clear();
      for (const result of await Promise.allSettled(programs)) {
        if (result.status === "fulfilled") await result.value.release();
      }
    },
  };
}

/**
 * Threads that a training computes with. The last bits of a gradient depend on their number, which is a constant therefore:
 * the same recipe gives the same bits on every number of cores, and whatever else runs. Convolutions gain more than a third
 * by a second thread where a core is free (and lose up to a quarter where none is); the products of the others are too small.
 */
function threadsOf({ kind }: Architecture): number {
  return kind === "cnn" || kind === "resnet" || kind === "unet" ? 2 : 1;
}

/** The tensors of a network under one name. */
function named<T>(name: string, tensors: readonly T[]): Record<string, T> {
  return Object.fromEntries(tensors.map((tensor, i) => [`${name} ${i}`, tensor]));
}

/** A share of a batch's labels as exactly as f64 has it, from one that may be rounded to f32. */
function shareOf(accuracy: Float64Array | undefined, { targets }: BatchColumns): number | undefined {
  return accuracy && Math.round(accuracy[0] * targets.length) / targets.length;
}
