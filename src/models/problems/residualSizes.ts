import * as f from "../../graph/functions.js";
import type { Dtype, Program } from "../../graph/program.js";
import type { Architecture } from "../networks/architecture.js";
import { createModel } from "../networks/architecture.js";
import { layoutSize } from "../networks/layout.js";
import { compiledPrograms } from "./compiledPrograms.js";
import { type Column, type PinnPoints, type PinnProblem, type Points, pinnVariables } from "./pinn.js";
import { weightOf } from "./pinnLoss.js";
import { quantitiesOf } from "./pinnQuantities.js";
import { trainedLayout, trainedParts } from "./trainedLayout.js";

/** The most points of a run of the program, which bounds the memory of the layers. */
const MOST_POINTS = 4096;

/** Computes the sizes of residuals at any points. */
export interface ResidualSizes {
  /** The size at each point. */
  at(theta: Float64Array, points: Points): Promise<Float64Array>;
  release(): Promise<void>;
}

/**
 * The size of the residual of a differential equation: |r|, and for several equations the root of Σ w r², where w is
 * the weight of the term, so that its square is the part of a point in the loss.
 */
export async function residualSizes(
  architecture: Architecture,
  problem: PinnProblem,
  dtype: Dtype,
): Promise<ResidualSizes> {
  const programs = await compiledPrograms(dtype);
  const numbers = (values: Float64Array) => (dtype === "f32" ? Float32Array.from(values) : values);
  const variables = pinnVariables(problem);
  return {
    async at(theta, points) {
      const total = points[variables[0]].length;
      const length = Math.min(MOST_POINTS, total);
      const sizes = new Float64Array(total);
      const program = await programs.compiled(`at ${length}`, () => sizesProgram(architecture, problem, length));
      for (let start = 0; start < total; start += length) {
        const count = Math.min(length, total - start);
        // The last run is filled with its last point.
        const at = (i: number) => start + Math.min(i, count - 1);
        const columns = variables.map((name) => [
          name,
          numbers(Float64Array.from({ length }, (_, i) => points[name][at(i)])),
        ]);
        const { size } = await program.run({ theta: numbers(theta), ...Object.fromEntries(columns) });
        sizes.set(size.subarray(0, count), start);
      }
      return sizes;
    },
    release: programs.release,
  };
}

/** From parameters, and for each variable its values at `count` points. */
function sizesProgram(architecture: Architecture, problem: PinnProblem, count: number): Program {
  const model = createModel(architecture);
  const theta = f.input("theta", [1, layoutSize(trainedLayout(architecture, problem))]);
  const collocation = Object.fromEntries(pinnVariables(problem).map((name) => [name, f.input(name, [count])]));
  const points: PinnPoints<Column> = { boundary: {}, collocation };
  const { weights, unknowns } = trainedParts(theta, model.size, problem);
  const isResidual = (list: object) => list === collocation;
  const residuals = quantitiesOf(model.apply, problem, points, weights, unknowns, isResidual);
  const flat = residuals.map(({ outputs }) => f.reshape(f.expand(outputs, [1, 1, count]), [count]));
  const squares = residuals.map(({ term }, i) => f.mul(weightOf(problem, term), f.pow(flat[i], 2)));
  const size = flat.length === 1 ? f.abs(flat[0]) : f.sqrt(squares.reduce((sum, square) => f.add(sum, square)));
  return { inputs: { theta, ...collocation }, outputs: { size } };
}
