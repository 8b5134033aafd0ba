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

/** What a network learns by, one mini-batch after the other. Weights in f64 are rounded where it computes in f32. */
export interface MiniBatch {
  /**
   * The loss, and its gradient into an array of the element type of the computation, with batch norms as in training,
   * by the statistics of the batch, which are given, too: in the order of the model's state, variances divided by their
   * number.
   */
  gradient(weights: Values, batch: Batch, gradient: Values): Promise<BatchLoss>;
  /** Losses and gradients at several points on one batch, batch norms as in training. */
  gradients(points: readonly Float64Array[], batch: Batch): Promise<PointGradients>;
  /** The loss with the statistics that are stored. */
  evaluate(theta: Float64Array, batch: Batch, statistics?: Float64Array): Promise<Evaluation>;
  /** Frees the compiled programs. */
  release(): Promise<void>;
}

export interface Evaluation {
  loss: number;
  /** The share of labels that the network gets right; undefined for a loss without labels. */
  accuracy?: number;
}

interface BatchLoss extends Evaluation {
  statistics?: Float64Array;
}

/**
 * Makes a network's loss on mini-batches computable. For each size of batch a program is compiled when it first occurs.
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

  /** The loss, with a place for the gradient also that. */
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
 * Threads that a step of training computes with, which takes about so many multiplications forward in matrix products.
 * The last bits of a gradient depend on their number, which does not depend on the machine therefore: the same recipe
 * gives the same bits on every number of cores, and whatever else runs. A step of convolutions takes 0.6 to 0.7 of the
 * time with a second thread where a core is free, and 9 to 24 % more processor time where two trainings share the
 * cores; one of large matrix products 0.65, and 4 % more. Small products take longer with two, and transformers, which
 * gain as much, lose a quarter where two share the cores.
 */
function threadsOf({ kind }: Architecture, products: number): number {
  return kind === "cnn" || kind === "resnet" || kind === "unet" || (kind === "mlp" && products >= 2 ** 24) ? 2 : 1;
}

/** A share of a batch's labels as exactly as f64 has it, from one that may be rounded to f32. */
function shareOf(accuracy: Float64Array | undefined, { targets }: Batch): number | undefined {
  return accuracy && Math.round(accuracy[0] * targets.length) / targets.length;
}
