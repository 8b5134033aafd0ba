import { gradient, hessianVectorProduct } from "../../../src/graph/differentiate.js";
import * as f from "../../../src/graph/functions.js";
import type { Program } from "../../../src/graph/program.js";
import { randomStream } from "../../../src/linalg/random.js";
import { type Architecture, createModel } from "../../../src/models/networks/architecture.js";
import type { PinnProblem } from "../../../src/models/problems/pinn.js";
import { pinnLoss } from "../../../src/models/problems/pinnLoss.js";
import { pinnPoints } from "../../../src/models/problems/pinnPoints.js";
import { supervisedLoss } from "../../../src/models/problems/supervisedLoss.js";

const problem: PinnProblem = {
  kind: "pinn",
  equation: "u_t + beta * u_x - nu * u_xx",
  coefficients: { beta: 3, nu: 0.1 },
  domain: { x: [0, "2*pi"], t: [0, 1] },
  grid: { x: 16, t: 9 },
  initial: "sin(x)",
  boundary: "periodic",
  collocation: { points: 40, seed: 1 },
};

const transformer = { kind: "transformer", vocabulary: 5, length: 4, width: 4, heads: 2, depth: 1, hidden: 6 } as const;

const classifiers: Record<string, Architecture> = {
  cnn: {
    kind: "cnn",
    image: [2, 6, 6],
    blocks: [{ channels: 3, kernel: 3, stride: 1, pool: "max" }],
    dense: [5],
    classes: 3,
    activation: "tanh",
    batchNorm: true,
  },
  resnet: { kind: "resnet", image: [2, 8, 8], depth: 8, width: 2, classes: 3, residual: true, batchNorm: true },
  unet: { kind: "unet", image: [2, 6, 6], depth: 2, width: 2, classes: 3, batchNorm: true, crf: true },
  transformer: { ...transformer, task: "classification", classes: 3 },
  language: { ...transformer, task: "language", classes: 5 },
};

type Programs = Record<string, { program: Program; feeds: Record<string, Float64Array> }>;

/** Loss, gradient and Hessian–vector product of small models, and something to feed them with. */
export function modelPrograms(): Programs {
  const model = createModel({ kind: "mlp", widths: [2, 10, 10, 1], activation: "tanh" });
  const random = randomStream(0, "model programs");
  const draw = (length: number) => Float64Array.from({ length }, () => random.normal());
  const samples = f.data(draw(2 * 30), [2, 30]);
  const targets = f.constant(draw(30), [1, 30]);
  const mlp = (theta: f.Tensor) => f.mean(f.pow(f.sub(model.apply(theta, samples), targets), 2), [1, 2]);
  const pinn = (theta: f.Tensor) => pinnLoss(model.apply, problem, pinnPoints(problem), theta).loss;
  const feeds = { theta: model.initialize(0), v: draw(model.size) };
  return {
    mlp: { program: withDerivatives(mlp, model.size), feeds },
    pinn: { program: withDerivatives(pinn, model.size), feeds },
    ...Object.fromEntries(Object.entries(classifiers).map(([name, network]) => [name, classify(name, network)])),
  };
}

/** The cross-entropy of a network on three samples. Batch norms recompute their statistics. */
function classify(name: string, network: Architecture): Programs[string] {
  const model = createModel(network);
  const random = randomStream(0, "model programs", name);
  const count = 3;
  const [classes, ...places] = model.outputShape;
  const value = network.kind === "transformer" ? () => random.integer(network.vocabulary) : random.normal;
  const samples = {
    inputs: Float64Array.from({ length: count * model.inputs }, value),
    targets: Float64Array.from({ length: places.reduce((a, b) => a * b, count) }, () => random.integer(classes)),
  };
  const { batches, terms } = supervisedLoss(network, samples, { loss: "cross-entropy", statistics: "recomputed" });
  const fed = Object.entries(batches[0].feeds).map(([key, { values, shape }]) => [key, f.data(values, shape)] as const);
  const lossOf = (theta: f.Tensor) => terms(theta, Object.fromEntries(fed)).loss;
  const v = Float64Array.from({ length: model.size }, random.normal);
  return { program: withDerivatives(lossOf, model.size), feeds: { theta: model.initialize(0), v } };
}

function withDerivatives(lossOf: (theta: f.Tensor) => f.Tensor, size: number): Program {
  const [theta, v] = [f.input("theta", [1, size]), f.input("v", [1, size])];
  const loss = lossOf(theta);
  const outputs = { loss, gradient: gradient(loss, [theta])[0], product: hessianVectorProduct(loss, theta, v) };
  return { inputs: { theta, v }, outputs };
}
