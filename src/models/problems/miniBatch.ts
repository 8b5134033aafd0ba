import type { Batch } from "../../data/batches.js";
import type { Values } from "../../graph/backend.js";
import type { Dtype } from "../../graph/program.js";
import { type Architecture, createModel } from "../networks/architecture.js";
import { tensorView } from "../networks/layout.js";
import { compiledPrograms } from "./compiledPrograms.js";
import { batchProgram, named } from "./miniBatchPrograms.js";
import { type PointGradients, pointGradients } from "./pointGradients.js";
import { pointsPerRun } from "./supervisedLoss.js";
import type { SupervisedProblem } from "./supervisedProblem.js";

/**
 * Computes the losses and gradients for training, one mini-batch at a time. Weights in f64 are rounded when it computes
 * in f32.
 */
export interface MiniBatch {
  /**
   * The loss, with its gradient written to an array of the computation's element type. Batch norms use the statistics
   * of the batch, as in training. The statistics are returned too, in the order of the model's state, with variances
   * divided by the number.
   */
  gradient(weights: Values, batch: Batch, gradient: Values): Promise<BatchLoss>;
  /** Losses and gradients at several points on one batch, with batch norms as in training. */
  gradients(points: readonly Float64Array[], batch: Batch): Promise<PointGradients>;
  /** The loss with the stored statistics. */
  evaluate(theta: Float64Array, batch: Batch, statistics?: Float64Array): Promise<Evaluation>;
  /** Frees the compiled programs. */
  release(): Promise<void>;
}

export interface Evaluation {
  loss: number;
  /** The share of labels that the network predicts correctly; undefined for a loss without labels. */
  accuracy?: number;
}

interface BatchLoss extends Evaluation {
  statistics?: Float64Array;
}

/**
 * Compiles a network's loss on mini-batches. It compiles a program for each size of batch when that size first occurs.
 */
export async function miniBatch(
  architecture: Architecture,
  problem: SupervisedProblem,
  { dtype, backend }: { dtype: Dtype; backend?: string },
): Promise<MiniBatch> {
  const model = createModel(architecture);
  const programs = await compiledPrograms(dtype, backend);
  const rounded = dtype === "f32" ? new Float32Array(model.size) : undefined;
  const tensorsOf = (vector: Values) => model.layout.map((tensor) => tensorView(vector, tensor));

  /** The loss and, with an array for it, the gradient. */
  async function run(weights: Values, batch: Batch, gradient?: Values, stored?: Float64Array) {
    const isTraining = gradient !== undefined;
    const isExact = rounded !== undefined && weights instanceof Float64Array;
    if (isExact) rounded.set(weights);
    const feeds: Record<string, Values> = {
      ...named("weights", tensorsOf(isExact ? rounded : weights)),
      inputs: batch.inputs,
      targets: batch.targets,
    };
    if (stored) feeds.stored = stored;
    const executable = await programs.compiled(
      `${isTraining} ${batch.count}`,
      () => batchProgram(model, problem, batch.count, isTraining),
      isTraining ? threadsOf(architecture, model.size * batch.count) : 1,
    );
    return executable.run(feeds, gradient && named("gradient", tensorsOf(gradient)));
  }

  return {
    async gradient(weights, batch, gradient) {
      const { loss, accuracy, statistics } = await run(weights, batch, gradient);
      return { loss: loss[0], accuracy: shareOf(accuracy, batch), statistics };
    },
    gradients: pointGradients(model, problem, { dtype, most: pointsPerRun(architecture) }, programs),
    async evaluate(theta, batch, statistics) {
      const { loss, accuracy } = await run(theta, batch, undefined, statistics);
      return { loss: loss[0], accuracy: shareOf(accuracy, batch) };
    },
    release: programs.release,
  };
}

/**
 * The number of threads for a training step whose forward pass needs about this many multiplications in matrix
 * products. The last bits of a gradient depend on this number, so it does not depend on the machine: the same recipe
 * gives the same bits on any number of cores and under any load. With a second thread and a free core, a step of
 * convolutions takes 0.6 to 0.7 of the time; when two trainings share the cores, it takes 9 to 24 % more processor
 * time. A step of large matrix products takes 0.65 of the time, and 4 % more. Small products are slower with two
 * threads. Transformers gain as much, but lose a quarter when two share the cores.
 */
function threadsOf({ kind }: Architecture, products: number): number {
  return kind === "cnn" || kind === "resnet" || kind === "unet" || (kind === "mlp" && products >= 2 ** 24) ? 2 : 1;
}

/** The share of a batch's labels in full f64 accuracy, from a share that may be rounded to f32. */
function shareOf(accuracy: Float64Array | undefined, { targets }: Batch): number | undefined {
  return accuracy && Math.round(accuracy[0] * targets.length) / targets.length;
}
