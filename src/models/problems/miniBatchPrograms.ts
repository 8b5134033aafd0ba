/** The programs of a network that learns by mini-batches. Weights are fed, and gradients returned, tensor by tensor. */
import { gradient } from "../../graph/differentiate.js";
import * as f from "../../graph/functions.js";
import type { Program } from "../../graph/program.js";
import { tensorSize } from "../networks/layout.js";
import type { Model } from "../networks/model.js";
import { accuracy } from "./accuracy.js";
import { batchShapes, networkInputs, supervisedTerms } from "./supervisedLoss.js";
import type { SupervisedProblem } from "./supervisedProblem.js";

/** The loss of a batch of `count` samples; in training also its gradient, and the statistics of the batch. */
export function batchProgram(model: Model, problem: SupervisedProblem, count: number, isTraining: boolean): Program {
  // A flat vector would be cut and joined in every run.
  const weights = model.layout.map((tensor) => f.input(tensor.name, [1, tensorSize(tensor)]));
  const theta = f.concat(weights, 1);
  const { samples, inputs, targets } = samplesOf(model, problem, count);
  const stored = model.statistics && !isTraining ? f.input("stored", [1, model.statistics.size]) : undefined;
  const outputs = model.apply(theta, inputs, stored);
  const { loss } = supervisedTerms(model, problem, theta, outputs, targets);
  const outputShape = problem.loss === "cross-entropy" ? model.outputShape : [model.outputs];
  const right = accuracy(problem.loss, f.reshape(outputs, [1, ...outputShape, count]), targets);
  // Equal computations are merged, so these statistics are those used for the outputs.
  const statistics = isTraining ? model.statistics?.recompute(theta, inputs) : undefined;
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

/** Losses and gradients at several parameter points on a batch of `count` samples. */
export function pointsProgram(model: Model, problem: SupervisedProblem, points: number, count: number): Program {
  const weights = model.layout.map((tensor) => f.input(tensor.name, [points, tensorSize(tensor)]));
  const theta = f.concat(weights, 1);
  const { samples, inputs, targets } = samplesOf(model, problem, count);
  const { loss } = supervisedTerms(model, problem, theta, model.apply(theta, inputs), targets);
  return {
    inputs: { ...named("weights", weights), ...samples },
    outputs: { loss, ...named("gradient", gradient(loss, weights)) },
  };
}

/** The feeds of a batch, sample after sample, and the same in the form of the networks, with samples as columns. */
function samplesOf(model: Model, problem: SupervisedProblem, count: number) {
  const fed = (name: string, shape: readonly number[]) => f.input(name, [count, ...shape.slice(0, -1)]);
  const columns = (x: f.Tensor) => f.transpose(x, [...x.shape.keys()].slice(1).concat(0));
  const shapes = batchShapes(model, problem, count);
  const samples = { inputs: fed("inputs", shapes.inputs), targets: fed("targets", shapes.targets) };
  const targets = columns(samples.targets);
  return { samples, inputs: networkInputs(model, columns(samples.inputs), targets), targets };
}

/** The tensors of a network under one name. */
export function named<T>(name: string, tensors: readonly T[]): Record<string, T> {
  return Object.fromEntries(tensors.map((tensor, i) => [`${name} ${i}`, tensor]));
}
