import type { Batch } from "../../data/batches.js";
import type { Executable, Values } from "../../graph/backend.js";
import { loadBackend } from "../../graph/backends/index.js";
import { gradient } from "../../graph/differentiate.js";
import * as f from "../../graph/functions.js";
import type { Dtype, Program } from "../../graph/program.js";
import { type Architecture, createModel } from "../networks/architecture.js";
import { tensorSize, tensorView } from "../networks/layout.js";
import { accuracy } from "./accuracy.js";
import { batchShapes, pointsPerRun, supervisedTerms } from "./supervisedLoss.js";
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

interface PointGradients {
  readonly losses: Float64Array;
  /** In the element type of the computation; the next ones are written to the same arrays. */
  readonly gradients: readonly Values[];
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
  const { compile } = await loadBackend(backend);
  const compiled = new Map<string, Promise<Executable>>();
  const rounded = dtype === "f32" ? new Float32Array(model.size) : undefined;
  function compileOnce(key: string, build: () => Program, threads = 1): Promise<Executable> {
    const known = compiled.get(key);
    if (known) return known;
    const made = compile(build(), { dtype, threads });
    compiled.set(key, made);
    return made;
  }

  /** What a batch is fed as, sample after sample, and the same as networks take it, where samples are columns. */
  function samplesOf(count: number) {
    const fed = (name: string, shape: readonly number[]) => f.input(name, [count, ...shape.slice(0, -1)]);
    const columns = (x: f.Tensor) => f.transpose(x, [...x.shape.keys()].slice(1).concat(0));
    const shapes = batchShapes(model, problem, count);
    const samples = { inputs: fed("inputs", shapes.inputs), targets: fed("targets", shapes.targets) };
    return { samples, inputs: columns(samples.inputs), targets: columns(samples.targets) };
  }

  function program(count: number, isTraining: boolean): Program {
    // Weights come, and their gradient goes, tensor by tensor: a flat vector would be cut and joined in every run.
    const weights = model.layout.map((tensor) => f.input(tensor.name, [1, tensorSize(tensor)]));
    const theta = f.concat(weights, 1);
    const { samples, inputs, targets } = samplesOf(count);
    const stored = model.state && !isTraining ? f.input("stored", [1, model.state.size]) : undefined;
    const outputs = model.apply(theta, inputs, stored);
    const { loss } = supervisedTerms(model, problem, theta, outputs, targets);
    const right = accuracy(problem.loss, f.reshape(outputs, [1, ...outputShapeOf(), count]), targets);
    // Equal computations are merged: the statistics are those that the outputs were computed with.
    const statistics = isTraining ? model.state?.recompute(theta, inputs) : undefined;
    return {
      inputs: { ...named("weights", weights), ...samples, ...(stored && { stored }) },
      outputs: {
        loss,
        ...(right && { accuracy: right }),
        ...(isTraining && named("gradient", gradient(loss, weights))),
        ...(statistics && { statistics }),
      },
    };
  }

  function pointsProgram(points: number, count: number): Program {
    const weights = model.layout.map((tensor) => f.input(tensor.name, [points, tensorSize(tensor)]));
    const theta = f.concat(weights, 1);
    const { samples, inputs, targets } = samplesOf(count);
    const { loss } = supervisedTerms(model, problem, theta, model.apply(theta, inputs), targets);
    return {
      inputs: { ...named("weights", weights), ...samples },
      outputs: { loss, ...named("gradient", gradient(loss, weights)) },
    };
  }

  /**
   * Arrays for so many points that are used again and again: weights and gradients tensor by tensor, and gradients as
   * vectors.
   */
  const Numbers = dtype === "f32" ? Float32Array : Float64Array;
  const places = new Map<number, { weights: Values[]; slopes: Values[] }>();
  const vectors: Values[] = [];
  function placesFor(points: number) {
    const known = places.get(points);
    if (known) return known;
    const ofTensors = () => model.layout.map((tensor) => new Numbers(points * tensorSize(tensor)));
    const made = { weights: ofTensors(), slopes: ofTensors() };
    places.set(points, made);
    return made;
  }

  const tensorsOf = (vector: Values) => model.layout.map((tensor) => tensorView(vector, tensor));

  const outputShapeOf = () => (problem.loss === "cross-entropy" ? model.outputShape : [model.outputs]);

  /** The loss, with a place for the gradient also that. */
  async function run(weights: Values, batch: Batch, gradient?: Values, stored?: Float64Array) {
    const isTraining = gradient !== undefined;
    const isExact = rounded !== undefined && weights instanceof Float64Array;
    if (isExact) rounded.set(weights);
    const parts = tensorsOf(isExact ? rounded : weights);
    const feeds: Record<string, Values> = {
      ...named("weights", parts),
      inputs: batch.inputs,
      targets: batch.targets,
    };
    if (stored) feeds.stored = stored;
    const executable = await compileOnce(
      `${isTraining} ${batch.count}`,
      () => program(batch.count, isTraining),
      isTraining ? threadsOf(architecture, model.size * batch.count) : 1,
    );
    return executable.run(feeds, gradient && named("gradient", tensorsOf(gradient)));
  }

  return {
    async gradient(weights, batch, gradient) {
      const { loss, accuracy, statistics } = await run(weights, batch, gradient);
      return { loss: loss[0], accuracy: shareOf(accuracy, batch), statistics };
    },
    async gradients(points, batch) {
      const losses = new Float64Array(points.length);
      while (vectors.length < points.length) vectors.push(new Numbers(model.size));
      const gradients = vectors.slice(0, points.length);
      // Groups of nearly one size: fewer programs, and none of a single point beside full ones.
      const groups = Math.ceil(points.length / pointsPerRun(architecture));
      for (let group = 0; group < groups; group++) {
        const [start, end] = [group, group + 1].map((k) => Math.floor((k * points.length) / groups));
        const own = points.slice(start, end);
        const key = `${own.length} points ${batch.count}`;
        const executable = await compileOnce(key, () => pointsProgram(own.length, batch.count));
        const { inputs, targets } = batch;
        const { weights, slopes } = placesFor(own.length);
        for (const [i, tensor] of model.layout.entries()) {
          for (const [p, theta] of own.entries()) weights[i].set(tensorView(theta, tensor), p * tensorSize(tensor));
        }
        const feeds = { ...named("weights", weights), inputs, targets };
        const { loss } = await executable.run(feeds, named("gradient", slopes));
        losses.set(loss, start);
        for (const [i, tensor] of model.layout.entries()) {
          const size = tensorSize(tensor);
          for (let p = 0; p < own.length; p++) {
            gradients[start + p].set(slopes[i].subarray(p * size, (p + 1) * size), tensor.offset);
          }
        }
      }
      return { losses, gradients };
    },
    async evaluate(theta, batch, statistics) {
      const { loss, accuracy } = await run(theta, batch, undefined, statistics);
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

/** The tensors of a network under one name. */
function named<T>(name: string, tensors: readonly T[]): Record<string, T> {
  return Object.fromEntries(tensors.map((tensor, i) => [`${name} ${i}`, tensor]));
}

/** A share of a batch's labels as exactly as f64 has it, from one that may be rounded to f32. */
function shareOf(accuracy: Float64Array | undefined, { targets }: Batch): number | undefined {
  return accuracy && Math.round(accuracy[0] * targets.length) / targets.length;
}
