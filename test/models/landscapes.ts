/** Analytic landscapes that several tests walk on, as parameters of the stage train. */

import type { ParametersArchitecture } from "../../src/models/networks/namedParameters.js";
import type { FunctionProblem } from "../../src/models/problems/functionProblem.js";

const term = (k: number) => `A${k} * exp(a${k}*(x - x${k})^2 + b${k}*(x - x${k})*(y - y${k}) + c${k}*(y - y${k})^2)`;
const perTerm = (values: Record<string, readonly number[]>) =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, list]) => list.map((value, i) => [`${name}${i + 1}`, value] as const)),
  );

/** Müller & Brown, Location of saddle points and minimum energy paths (1979). */
export const muellerBrown: FunctionProblem = {
  kind: "function",
  loss: [1, 2, 3, 4].map(term).join(" + "),
  coefficients: perTerm({
    A: [-200, -100, -170, 15],
    a: [-1, -1, -6.5, 0.7],
    b: [0, 0, 11, 0.6],
    c: [-10, -10, -6.5, 0.7],
    x: [1, 0, -0.5, -1],
    y: [0, 0.5, 1.5, 1],
  }),
};

/** Its critical points as the literature has them: x, y, energy. */
export const muellerBrownMinima = [
  [-0.558224, 1.441726, -146.69951721],
  [0.623499, 0.028038, -108.16672411],
  [-0.050011, 0.466694, -80.76781813],
];
export const muellerBrownSaddles = [
  [-0.822002, 0.624313, -40.66484351],
  [0.212487, 0.292988, -72.24894011],
];

export const plane: ParametersArchitecture = { kind: "parameters", names: ["x", "y"] };
