import assert from "node:assert/strict";
import { test } from "node:test";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { pinnSolution } from "../../../src/models/evaluation/pinnSolution.js";
import type { Architecture } from "../../../src/models/networks/architecture.js";
import { initialState } from "../../../src/models/networks/networkState.js";
import { inputValues } from "../../../src/models/problems/inputFeatures.js";
import type { PinnProblem } from "../../../src/models/problems/pinn.js";
import { validateModel } from "../../../src/models/problems/validateModel.js";
import { modelArtifact } from "../../../stages/artifacts/model.js";
import { modelGraph } from "../../../stages/inputs/modelGraph.js";

const architecture: Architecture = { kind: "mlp", widths: [3, 5, 4, 1], activation: "tanh" };
const problem: PinnProblem = {
  kind: "pinn",
  equation: "u_t + c*u_x",
  coefficients: { c: 3 },
  domain: { t: [0, 1], x: [-1, 1] },
  grid: { x: 4, t: 3 },
  features: ["cos(pi*x)", "sin(pi*x)", "c*t"],
  initial: "cos(pi*x)",
  boundary: "none",
  collocation: { points: 4, seed: 0 },
};
const theta = initialState(architecture, 3, "default").weights;
const at = (x: number[], t: number[]) => ({
  points: { x: Float64Array.from(x), t: Float64Array.from(t) },
  exact: { u: new Float64Array(x.length).fill(1) },
});

test("the rows of a network's inputs are its features, or the variables: space, then t", () => {
  const { points } = at([0, 0.5, 1], [0, 1, 2]);
  const rows = inputValues(points, problem, 3);
  const expected = [1, 0, -1, 0, 1, 0, 0, 3, 6];
  assert.ok(
    rows.every((value, i) => Math.abs(value - expected[i]) < 1e-15),
    `${rows}`,
  );
  assert.deepEqual([...inputValues(points, { ...problem, features: undefined }, 3)], [0, 0.5, 1, 0, 1, 2]);
});

test("waves of the period make the solution periodic, whatever the weights", async () => {
  const reference = at([-1, 0.3, 1, 2.3], [0.2, 0.7, 0.2, 0.7]);
  const { u } = (await pinnSolution(architecture, theta, problem, { dtype: "f64", reference })).computed;
  assert.ok(Math.abs(u[0] - u[2]) < 1e-14 && Math.abs(u[1] - u[3]) < 1e-14 && Math.abs(u[0] - u[1]) > 1e-3, `${u}`);
});

test("an ONNX file of the network takes the variables and computes the features itself", async () => {
  const row = { step: Int32Array.of(0), loss: Float64Array.of(1), weights: theta, statistics: new Float64Array(0) };
  const model = modelArtifact({ architecture, problem, dtype: "f64" }, row, {}, {});
  const session = await InferenceSession.create(await modelGraph(model, "forward", { batch: 2 }));
  const { outputs } = await session.run({ x: new Tensor("float64", [0.3, 0.7, -0.4, 0.1], [2, 2]) });
  await session.release();
  const reference = at([0.3, -0.4], [0.7, 0.1]);
  const { u } = (await pinnSolution(architecture, theta, problem, { dtype: "f64", reference })).computed;
  assert.ok([...u].every((value, i) => Math.abs(value - Number(outputs.data[i])) < 1e-14));
});

test("the first width of a network is the number of features", () => {
  assert.deepEqual(validateModel(architecture, problem), []);
  const [fault] = validateModel({ ...architecture, widths: [2, 5, 1] }, problem);
  assert.deepEqual(fault, {
    path: ["architecture", "widths", 0],
    message: "is 2; a pinn problem has 3 inputs (cos(pi*x), sin(pi*x) and c*t)",
  });
});
