import type { Artifact } from "../../src/artifact/artifact.js";
import { gradient, hessianVectorProduct } from "../../src/graph/differentiate.js";
import * as f from "../../src/graph/functions.js";
import { toOnnx } from "../../src/graph/onnx.js";
import type { Program } from "../../src/graph/program.js";
import { type Architecture, createModel } from "../../src/models/networks/architecture.js";
import { lossFunction, type Problem } from "../../src/models/problems/lossFunction.js";
import { transformed } from "../../src/models/problems/outputTransform.js";
import { pinnVariables } from "../../src/models/problems/pinn.js";
import { batchShapes, networkInputs, supervisedTerms } from "../../src/models/problems/supervisedLoss.js";
import { modelFacts, storedState } from "../artifacts/model.js";

/** The function that an ONNX file of a model computes. */
export const modelGraphs = ["forward", "loss", "gradient", "hessian-vector-product"] as const;
export type ModelGraph = (typeof modelGraphs)[number];

interface GraphOptions {
  /** The number of samples in a run. */
  batch: number;
  /** The checkpoint; the last by default. */
  row?: number;
}

/**
 * A model as an ONNX file of standard operators, in the number type of the model. The graph forward contains the
 * weights; its input is `x` [batch, …] and its output `outputs` [batch, …]. The other graphs take `weights` [n], all
 * parameters in the order of the layout. A loss of samples also takes `x` and `y` [batch, …] (labels as numbers), and
 * the product also takes `v` [n]. The outputs are `loss`, `gradient` [n] or `product` [n], the Hessian times v. The
 * loss is the mean over the batch; batch norms use the stored statistics.
 *
 * @throws Error when the problem has no such graph.
 */
export async function modelGraph(model: Artifact, what: ModelGraph, { batch, row }: GraphOptions): Promise<Uint8Array> {
  const { architecture, problem, dtype } = modelFacts(model);
  const { weights, statistics } = storedState(model, row);
  const program =
    what === "forward" ? forward(architecture, problem, batch) : derivatives(architecture, problem, what, batch);
  const stored = {
    ...(what === "forward" && { weights: weights.subarray(0, program.inputs.weights.shape[0]) }),
    ...(program.inputs.statistics && { statistics }),
  };
  return toOnnx(program, { dtype, fixed: stored });
}

/** The inputs of every graph, and the same in the form that networks take. A sample has the shape `taken`. */
function fedInputs(architecture: Architecture, batch: number, taken?: readonly number[]) {
  const model = createModel(architecture);
  const weights = f.input("weights", [model.size]);
  const statistics = model.statistics && f.input("statistics", [model.statistics.size]);
  const shape = taken ?? model.inputShape;
  const x = f.input("x", [batch, ...shape]);
  return {
    model,
    weights,
    theta: f.reshape(weights, [1, model.size]),
    state: statistics && f.reshape(statistics, [1, statistics.shape[0]]),
    columns: f.transpose(f.reshape(x, [batch, shape.reduce((product, length) => product * length, 1)])),
    inputs: { weights, ...(statistics && { statistics }), x },
  };
}

function forward(architecture: Architecture, problem: Problem, batch: number): Program {
  if (architecture.kind === "parameters")
    throw new Error("named parameters are not a network; they have no graph forward");
  const taken = problem.kind === "pinn" ? [pinnVariables(problem).length] : undefined;
  const { model, theta, state, columns, inputs } = fedInputs(architecture, batch, taken);
  if (model.targetShape)
    throw new Error("the output of the network is a loss of samples and targets: use the graph loss");
  const outputs =
    problem.kind === "pinn" ? transformed(model.apply, problem)(theta, columns) : model.apply(theta, columns, state);
  const rows = f.transpose(f.reshape(outputs, [model.outputs, batch]));
  return { inputs, outputs: { outputs: f.reshape(rows, [batch, ...model.outputShape]) } };
}

function derivatives(architecture: Architecture, problem: Problem, what: ModelGraph, batch: number): Program {
  const { inputs, weights, loss } = lossProgram(architecture, problem, batch);
  if (what === "loss") return { inputs, outputs: { loss } };
  if (what === "gradient") return { inputs, outputs: { loss, gradient: gradient(loss, [weights])[0] } };
  const v = f.input("v", weights.shape);
  return { inputs: { ...inputs, v }, outputs: { product: hessianVectorProduct(loss, weights, v) } };
}

/** The loss [1] at the weights. The graph contains the points of a problem without samples. */
function lossProgram(architecture: Architecture, problem: Problem, batch: number) {
  if (problem.kind === "external") throw new Error("an external problem has no graph; its process computes the loss");
  if (problem.kind !== "supervised") {
    const { size, terms } = lossFunction(architecture, problem);
    const weights = f.input("weights", [size]);
    return { inputs: { weights }, weights, loss: terms(f.reshape(weights, [1, size]), {}).loss };
  }
  const { model, weights, theta, state, columns, inputs } = fedInputs(architecture, batch);
  const { targets } = batchShapes(model, problem, batch);
  const y = f.input("y", [batch, ...targets.slice(0, -1)]);
  const own = f.transpose(y, [...y.shape.keys()].slice(1).concat(0));
  const { loss } = supervisedTerms(
    model,
    problem,
    theta,
    model.apply(theta, networkInputs(model, columns, own), state),
    own,
  );
  return { inputs: { ...inputs, y }, weights, loss };
}
