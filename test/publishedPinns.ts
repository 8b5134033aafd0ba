/** The published PINNs, loaded from the reference data by the stage that loads models. */
import { type Artifact, artifact } from "../src/artifact/artifact.js";
import { loadModelStage } from "../stages/loadModel.js";
import { referencePath } from "./reference.js";
import { runStage } from "./stages/runStage.js";

const transport = (coefficients: { beta: number; nu: number }) => ({
  equation: "u_t - nu*u_xx + beta*u_x",
  coefficients,
});
const reaction = (coefficients: { nu: number; rho: number }) => ({
  equation: "u_t - nu*u_xx - rho*u*(1 - u)",
  coefficients,
});

/** The differential equation of each, by the name of its files. */
export const equations = {
  convection_beta1: transport({ beta: 1, nu: 0 }),
  convection_beta10: transport({ beta: 10, nu: 0 }),
  convection_beta30: transport({ beta: 30, nu: 0 }),
  "diffusion_nu0.01": transport({ beta: 0, nu: 0.01 }),
  diffusion_nu1: transport({ beta: 0, nu: 1 }),
  rd_nu2_rho5: reaction({ nu: 2, rho: 5 }),
  reaction_rho1: reaction({ nu: 0, rho: 1 }),
  reaction_rho5: reaction({ nu: 0, rho: 5 }),
};

type Name = keyof typeof equations;
export const publishedNames = Object.keys(equations) as Name[];

export const architecture = { kind: "mlp", widths: [2, 50, 50, 50, 50, 1] };

/** The points that all of them were trained on, in a file that calls its arrays so, each name after a prefix. */
export const trainingPoints = (path: string, prefix = "") => ({
  path: referencePath(path),
  initial: { x: `${prefix}x_u`, t: `${prefix}t_u`, u: `${prefix}u` },
  boundary: {
    x: {
      lower: { x: `${prefix}x_bc_lb`, t: `${prefix}t_bc_lb` },
      upper: { x: `${prefix}x_bc_ub`, t: `${prefix}t_bc_ub` },
    },
  },
  collocation: { x: `${prefix}x_f`, t: `${prefix}t_f` },
});

/** One of them, with a loss that is measured at these points. */
export function loadPublished(name: Name, points: object): Promise<Artifact> {
  return runStage(loadModelStage, {
    path: referencePath(`pinn/${name}_weights.npy`),
    architecture,
    problem: { kind: "pinn", ...equations[name], points },
  });
}

/** Directions as they are, the rows of a matrix. */
export function directionsArtifact(vectors: Float64Array, count: number): Artifact {
  const none = new Float64Array(count).fill(NaN);
  return artifact(
    "directions",
    { vector: { width: vectors.length / count, values: vectors }, eigenvalue: none, residual: none },
    { labels: Array.from(none, (_, k) => `direction ${k + 1}`) },
  );
}
