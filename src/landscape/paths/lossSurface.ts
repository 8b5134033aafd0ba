import { batchCount, batchGatherer, batchRows } from "../../data/batches.js";
import { type Dataset, sampleCount } from "../../data/dataset.js";
import type { Dtype } from "../../graph/program.js";
import type { Architecture } from "../../models/networks/architecture.js";
import { miniBatch } from "../../models/problems/miniBatch.js";
import type { LossTerms, Objective } from "../../models/problems/objective.js";
import type { SupervisedProblem } from "../../models/problems/supervisedProblem.js";
import type { PathSurface } from "./pathSurface.js";

/** The loss of a network for the optimisation of paths. */
export interface LossSurface extends PathSurface {
  /** The losses with their terms, and accuracies when there are labels. */
  terms(points: readonly Float64Array[]): Promise<LossTerms>;
  /** The standard error of the loss at a point, from the differences between batches; NaN for a single batch. */
  standardError(theta: Float64Array): Promise<number>;
  release(): Promise<void>;
}

/** The samples that optimise a path, one mini-batch per step. */
interface Learning {
  readonly architecture: Architecture;
  readonly problem: SupervisedProblem;
  readonly data: Dataset;
  readonly batchSize: number;
  readonly seed: number;
}

/**
 * `objective` measures the loss; it is released with the surface. The gradients are its own, or those of mini-batches
 * in the order of a training with this seed. It computes `pointsPerRun` points together.
 */
export async function lossSurface(
  objective: Objective,
  { pointsPerRun = 1, dtype, learning }: { pointsPerRun?: number; dtype: Dtype; learning?: Learning },
): Promise<LossSurface> {
  const { size } = objective;
  const descent = learning ? await onMiniBatches(learning, dtype) : undefined;
  // In whole runs, so that one program computes all points.
  async function terms(points: readonly Float64Array[]): Promise<LossTerms> {
    const whole = Math.ceil(points.length / pointsPerRun) * pointsPerRun;
    const rows = new Float64Array(whole * size);
    for (let p = 0; p < whole; p++) rows.set(points[Math.min(p, points.length - 1)], p * size);
    const found = Object.entries(await objective.lossTerms(rows));
    const wanted = found.map(([name, values]) => [name, values.subarray(0, points.length)] as const);
    return { loss: new Float64Array(0), ...Object.fromEntries(wanted) };
  }
  return {
    size,
    batches: descent?.batches ?? 1,
    gradients: descent?.gradients ?? ((points) => inTurn(objective.lossAndGradient, points)),
    terms,
    losses: async (points) => (await terms(points)).loss,
    standardError: async (theta) => standardError(await objective.batchLosses(theta)),
    async release() {
      await Promise.all([objective.release(), descent?.release()]);
    },
  };
}

async function inTurn(
  at: (theta: Float64Array) => Promise<{ loss: number; gradient: Float64Array }>,
  points: readonly Float64Array[],
) {
  const losses = new Float64Array(points.length);
  const gradients: Float64Array[] = [];
  for (const [i, theta] of points.entries()) {
    const { loss, gradient } = await at(theta);
    losses[i] = loss;
    gradients.push(gradient);
  }
  return { losses, gradients };
}

async function onMiniBatches({ architecture, problem, data, batchSize, seed }: Learning, dtype: Dtype) {
  const programs = await miniBatch(architecture, problem, { dtype });
  const count = sampleCount(data);
  const gather = batchGatherer();
  let order: { epoch: number; batches: Int32Array[] } = { epoch: 0, batches: [] };
  const gradients: PathSurface["gradients"] = (points, epoch, batch) => {
    if (order.epoch !== epoch) {
      order = { epoch, batches: batchRows(count, { batchSize, dropLast: false, seed, epoch }) };
    }
    return programs.gradients(points, gather(data, order.batches[batch]));
  };
  return { batches: batchCount(count, batchSize, false), gradients, release: programs.release };
}

/** The error of a weighted mean of batches, each of which is an independent draw. */
function standardError(batches: readonly { loss: number; weight: number }[]): number {
  const count = batches.length;
  const mean = batches.reduce((sum, { loss, weight }) => sum + weight * loss, 0);
  const squares = batches.reduce((sum, { loss, weight }) => sum + (weight * (loss - mean)) ** 2, 0);
  return count > 1 ? Math.sqrt((squares * count) / (count - 1)) : Number.NaN;
}
