import { inOneVector } from "../models/networks/networkState.js";
import type { Iterate, OptimizationResult, OptimizerState } from "./optimization.js";
import {
  type EarlyStop,
  type Metrics,
  type TrainingHooks,
  type TrainingResult,
  type TrainingState,
  trainingRecord,
} from "./trainingRecord.js";

export interface FullBatchOptions {
  /** The number of weights. */
  size: number;
  /** The maximum number of iterations, if known. */
  iterations?: number;
  /** True when the weights of an iteration are kept. The last ones always are. */
  isWanted(iteration: number): boolean;
  earlyStop?: EarlyStop;
  /** Further measurements after an iteration. */
  measure?(theta: Float64Array, iteration: number): Metrics | Promise<Metrics>;
  /** The number of batch-norm statistics to keep with the weights; 0 without batch norms. */
  statistics?: { count: number; at(theta: Float64Array): Promise<Float64Array> };
}

const noStatistics = { count: 0, at: async () => new Float64Array(0) };

type Optimize = (
  resume: OptimizerState | undefined,
  onIteration: (iterate: Iterate) => Promise<boolean>,
) => Promise<Omit<OptimizationResult, "losses">>;

/**
 * A training in which every iteration takes all data and therefore is an epoch. `optimize` runs it, from the start or
 * from a state.
 */
export async function trainFullBatch(
  optimize: Optimize,
  { size, iterations, isWanted, earlyStop, measure = () => ({}), statistics = noStatistics }: FullBatchOptions,
  { resume, save, progress, measured }: TrainingHooks,
): Promise<TrainingResult & { evaluations: number }> {
  const left = resume && unpacked(resume, size);
  const record = trainingRecord(size, earlyStop, left?.record);
  const keep = async (step: number, loss: number, theta: Float64Array, metrics: Metrics) => {
    const weights = theta.slice();
    record.checkpoints.push({ step, epoch: step, loss, metrics, weights, statistics: await statistics.at(weights) });
  };
  const began = { at: performance.now(), iteration: left?.optimizer.iteration ?? 0 };

  const result = await optimize(left?.optimizer, async ({ iteration, loss, theta, state }) => {
    const metrics = { trainLoss: loss, ...(await measure(theta, iteration)) };
    const stops = record.add(iteration, metrics);
    measured?.(iteration, metrics);
    if (isWanted(iteration)) await keep(iteration, loss, theta, metrics);
    if (state && !stops) save(() => packed(state(), statistics.count, record.state()));
    const rate = ((iteration - began.iteration) / (performance.now() - began.at)) * 1000;
    const note = `iteration ${iteration}, loss ${loss.toPrecision(4)}, ${rate.toPrecision(3)} iterations/s`;
    progress(iterations && iteration / iterations, note);
    return stops;
  });

  const { theta, loss, iterations: last, reason, evaluations } = result;
  if (record.checkpoints.at(-1)?.step !== last) {
    const metrics = Object.entries(record.history).filter(([name]) => name !== "epoch");
    await keep(last, loss, theta, Object.fromEntries(metrics.map(([name, curve]) => [name, curve.at(-1) as number])));
  }
  const warnings =
    reason === "non-finite loss"
      ? [`loss or gradient were no longer finite after iteration ${last}; the last row holds its weights`]
      : [];
  return { checkpoints: record.checkpoints, history: record.history, stopped: reason, warnings, evaluations };
}

type Packed = { optimizer: Omit<OptimizerState, "vectors">; vectors: number; record: Record<string, unknown> };

/** Vectors of one length. Those with only weights end in as many zeros as there are statistics. */
function packed(
  { vectors, losses, ...optimizer }: OptimizerState,
  statistics: number,
  record: TrainingState,
): TrainingState {
  const none = new Float64Array(statistics);
  const facts: Packed = {
    optimizer: { ...optimizer, losses: Array.from(losses) },
    vectors: vectors.length,
    record: record.facts,
  };
  return { facts: { ...facts }, vectors: [...vectors.map((own) => inOneVector(own, none)), ...record.vectors] };
}

function unpacked({ facts, vectors }: TrainingState, size: number) {
  const { optimizer, vectors: count, record } = facts as unknown as Packed;
  return {
    optimizer: { ...optimizer, vectors: vectors.slice(0, count).map((vector) => vector.slice(0, size)) },
    record: { facts: record, vectors: vectors.slice(count) },
  };
}
