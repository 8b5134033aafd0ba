import { gradient, hessianVectorProduct } from "../../../src/graph/differentiate.js";
import * as f from "../../../src/graph/functions.js";
import type { Program } from "../../../src/graph/program.js";
import { randomStream } from "../../../src/linalg/random.js";
import { createModel } from "../../../src/models/model.js";
import type { PinnProblem } from "../../../src/models/pinn.js";
import { pinnLoss } from "../../../src/models/pinnLoss.js";
import { pinnPoints } from "../../../src/models/pinnPoints.js";

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

/** Loss, gradient and Hessian–vector product of small models, and something to feed them with. */
export function modelPrograms(): Record<string, { program: Program; feeds: Record<string, Float64Array> }> {
  const model = createModel({ kind: "mlp", widths: [2, 10, 10, 1], activation: "tanh" });
  const random = randomStream(0, "model programs");
  const draw = (length: number) => Float64Array.from({ length }, () => random.normal());
  const samples = f.data(draw(2 * 30), [2, 30]);
  const targets = f.constant(draw(30), [1, 30]);
  const losses = {
    mlp: (theta: f.Tensor) => f.mean(f.pow(f.sub(model.apply(theta, samples), targets), 2), [1, 2]),
    pinn: (theta: f.Tensor) => pinnLoss(model.apply, problem, pinnPoints(problem), theta).loss,
  };
  const feeds = { theta: model.initialize(0), v: draw(model.size) };
  const programs = Object.entries(losses).map(([name, lossOf]) => {
    const [theta, v] = [f.input("theta", [1, model.size]), f.input("v", [1, model.size])];
    const loss = lossOf(theta);
    const outputs = { loss, gradient: gradient(loss, [theta])[0], product: hessianVectorProduct(loss, theta, v) };
    return [name, { program: { inputs: { theta, v }, outputs }, feeds }] as const;
  });
  return Object.fromEntries(programs);
}
