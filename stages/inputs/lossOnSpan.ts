/** Losses in the span of directions around a model, for the stages that sample them. */
import { directionScales } from "../../src/landscape/directionScales.js";
import type { LossTerms } from "../../src/models/problems/objective.js";
import type { Releasable, StageContext } from "../../src/stage.js";
import { directionVectors } from "../artifacts/directions.js";
import { openObjective } from "./externalLoss.js";
import { type LossOptions, modelAtPorts } from "./modelAtPorts.js";

export interface SpanOptions extends Partial<LossOptions> {
  unit: "direction" | "relative";
  dtype: "f32" | "f64";
}

/** The loss and its terms at coefficients [P × k] along the k directions. */
export interface LossOnSpan extends Releasable {
  at(coefficients: Float64Array): Promise<LossTerms>;
  /** How many points are best evaluated together. */
  pointsPerRun: number;
}

/** Compiles the loss of the model at port `model` on the span of the directions at port `directions`. */
export async function lossOnSpan(
  context: StageContext<unknown>,
  { unit, dtype, ...options }: SpanOptions,
): Promise<LossOnSpan> {
  const vectors = directionVectors(context.input("directions"));
  const { loss, weights } = modelAtPorts(context, { statistics: options.statistics, batchSize: options.batchSize });
  const scales = directionScales(unit, vectors, weights);
  const objective = await openObjective(loss, dtype);
  const scaled = vectors.map((vector, k) => vector.map((value) => value * scales[k]));
  const { pointsPerRun = 1, release } = objective;
  return { at: objective.lossAlong(weights, scaled), pointsPerRun, release };
}

/** Coefficients [P × axes], row-major, as columns a1, a2, … */
export function coefficientColumns(coefficients: Float64Array, axes: number): Record<string, Float64Array> {
  const rows = coefficients.length / axes;
  const column = (axis: number) => Float64Array.from({ length: rows }, (_, row) => coefficients[row * axes + axis]);
  return Object.fromEntries(Array.from({ length: axes }, (_, axis) => [`a${axis + 1}`, column(axis)]));
}
