import type { Batch } from "../../data/batches.js";
import type { Values } from "../../graph/backend.js";
import type { Dtype } from "../../graph/program.js";
import { tensorSize, tensorView } from "../networks/layout.js";
import type { Model } from "../networks/model.js";
import type { CompiledPrograms } from "./compiledPrograms.js";
import { named, pointsProgram } from "./miniBatchPrograms.js";
import type { SupervisedProblem } from "./supervisedProblem.js";

export interface PointGradients {
  readonly losses: Float64Array;
  /** In the element type of the computation; the next ones are written to the same arrays. */
  readonly gradients: readonly Values[];
}

/** Losses and gradients at several points on one batch, at most `most` points in a run. */
export function pointGradients(
  model: Model,
  problem: SupervisedProblem,
  { dtype, most }: { dtype: Dtype; most: number },
  { compiled }: Pick<CompiledPrograms, "compiled">,
): (points: readonly Float64Array[], batch: Batch) => Promise<PointGradients> {
  // Arrays that are used again and again: for so many points weights and gradients tensor by tensor, and the gradients.
  const Numbers = dtype === "f32" ? Float32Array : Float64Array;
  const places = new Map<number, { weights: Values[]; slopes: Values[] }>();
  const vectors: Values[] = [];
  function placesFor(points: number) {
    const ofTensors = () => model.layout.map((tensor) => new Numbers(points * tensorSize(tensor)));
    const found = places.get(points) ?? { weights: ofTensors(), slopes: ofTensors() };
    places.set(points, found);
    return found;
  }

  /** Fills the gradients of one run, and gives the losses. */
  async function run(own: readonly Float64Array[], { inputs, targets, count }: Batch, gradients: readonly Values[]) {
    const program = () => pointsProgram(model, problem, own.length, count);
    const executable = await compiled(`${own.length} points ${count}`, program);
    const { weights, slopes } = placesFor(own.length);
    for (const [i, tensor] of model.layout.entries()) {
      for (const [p, theta] of own.entries()) weights[i].set(tensorView(theta, tensor), p * tensorSize(tensor));
    }
    const feeds = { ...named("weights", weights), inputs, targets };
    const { loss } = await executable.run(feeds, named("gradient", slopes));
    for (const [i, tensor] of model.layout.entries()) {
      const size = tensorSize(tensor);
      for (const [p, gradient] of gradients.entries()) {
        gradient.set(slopes[i].subarray(p * size, (p + 1) * size), tensor.offset);
      }
    }
    return loss;
  }

  return async (points, batch) => {
    const losses = new Float64Array(points.length);
    while (vectors.length < points.length) vectors.push(new Numbers(model.size));
    const gradients = vectors.slice(0, points.length);
    // Groups of nearly one size: fewer programs, and none of a single point beside full ones.
    const groups = Math.ceil(points.length / most);
    for (let group = 0; group < groups; group++) {
      const [start, end] = [group, group + 1].map((k) => Math.floor((k * points.length) / groups));
      losses.set(await run(points.slice(start, end), batch, gradients.slice(start, end)), start);
    }
    return { losses, gradients };
  };
}
