import type { Architecture } from "../../../src/models/networks/architecture.js";
import type { PinnPoints, PinnProblem } from "../../../src/models/problems/pinn.js";
import { type NpyArray, npz, reference } from "../../reference.js";

/** The convection problem of the published networks. */
export const convection: PinnProblem = {
  kind: "pinn",
  equation: "u_t + beta * u_x",
  coefficients: { beta: 10 },
  domain: { x: [0, "2*pi"], t: [0, 1] },
  grid: { x: 256, t: 100 },
  initial: "sin(x)",
  boundary: "periodic",
  exact: "sin(x - beta * t)",
  collocation: { points: 100, seed: 0 },
};

/**
 * A network that others trained on it, with what PyTorch computed for it in f64; undefined where the data are absent.
 */
export function publishedNetwork() {
  const path = reference("hessian/pinn_convection_beta10.npz");
  if (path === undefined) return undefined;
  const arrays: Record<string, NpyArray> = npz(path);
  const of = (name: string) => arrays[`data_${name}`].values;
  const architecture: Architecture = { kind: "mlp", widths: [2, 50, 50, 50, 50, 1], activation: "tanh" };
  const points: PinnPoints = {
    initial: { x: of("x_u"), t: of("t_u"), u: of("u") },
    boundary: { x: { lower: { x: of("x_bc_lb"), t: of("t_bc_lb") }, upper: { x: of("x_bc_ub"), t: of("t_bc_ub") } } },
    collocation: { x: of("x_f"), t: of("t_f") },
  };
  return { arrays, architecture, points, theta: arrays.flat_params_f64.values };
}

export const withoutPublishedNetwork = publishedNetwork() === undefined && "the published network is absent";
