/** The training of a differential equation with a weight for each point of some terms. */
import type { Artifact } from "../../src/artifact/artifact.js";
import { gradient } from "../../src/graph/differentiate.js";
import { input } from "../../src/graph/functions.js";
import { randomStream } from "../../src/linalg/random.js";
import { batchMeans } from "../../src/models/problems/batchMeans.js";
import { compiledPrograms } from "../../src/models/problems/compiledPrograms.js";
import { equationLoss, type LossFunction } from "../../src/models/problems/lossFunction.js";
import type { LossProgram } from "../../src/models/problems/lossPrograms.js";
import type { Objective } from "../../src/models/problems/objective.js";
import type { PinnProblem } from "../../src/models/problems/pinn.js";
import { pinnPoints } from "../../src/models/problems/pinnPoints.js";
import { rangeOf, termsWith, type WeightedList, weightedLists } from "../../src/models/problems/pointWeights.js";
import { termSetting } from "../../src/models/problems/termSetting.js";
import { attachedState } from "../../src/training/attachedState.js";
import type { Balanced } from "../../src/training/movingWeights.js";
import type { Optimizer } from "../../src/training/optimizer.js";
import { type Ascent, type PointLoss, type PointState, selfAdaptive } from "../../src/training/selfAdaptive.js";
import type { TrainingHooks } from "../../src/training/trainingRecord.js";
import type { Setting } from "../artifacts/model.js";
import { withObjective } from "../inputs/withObjective.js";
import { iterationsOf, lastIteration } from "./balancedTraining.js";

/** A weight for every point of some terms, trained to raise the loss. */
export interface SelfAdaptiveBalance extends Ascent {
  readonly kind: "self-adaptive";
  /** The first λ of the points, by terms or groups of terms. */
  readonly terms: Readonly<Record<string, Start>>;
  readonly seed: number;
}

/** The same number for all points, or one each between two bounds. */
type Start = number | { readonly uniform: readonly [number, number] };

/** Trains by `solve` with weights of points that move, and gives the setting with those at the end. */
export async function selfAdaptiveTraining(
  setting: Setting<PinnProblem>,
  balance: SelfAdaptiveBalance,
  { optimizers, hooks }: { optimizers: readonly Optimizer[]; hooks: TrainingHooks },
  solve: (
    objective: Objective,
    moving: {
      balanced: Pick<Balanced, "evaluate" | "after">;
      ended: () => Setting<PinnProblem>;
      hooks: TrainingHooks;
    },
  ) => Promise<Artifact>,
): Promise<Artifact> {
  const { architecture, problem, dtype } = setting;
  const terms = termsWith(problem, balance.terms);
  const points = pinnPoints(problem);
  const lists = weightedLists(problem, points, terms);
  const count = lists.reduce((sum, list) => sum + list.count, 0);
  const weights = new (dtype === "f32" ? Float32Array : Float64Array)(count);
  const loss = equationLoss(architecture, problem, { points, ofPoints: { terms, weights } });
  const programs = await compiledPrograms(dtype);
  const pointLoss: PointLoss = { weights, evaluate: slopesOf(loss, batchMeans(loss.batches, dtype, programs)) };
  let adaptive: ReturnType<typeof selfAdaptive>;
  const { hooks: own, left } = attachedState(hooks, () => Float64Array.from(adaptive.state().flatMap((v) => [...v])));
  adaptive = selfAdaptive(pointLoss, balance, {
    start: left ? stateOf(left, count) : startOf(balance, lists, terms),
    until: iterationsOf(optimizers),
    iteration: own.resume && lastIteration(own.resume.facts),
  });
  const after = async (_: Float64Array, iteration: number) => adaptive.after(iteration);
  const ended = () => {
    const last = terms.map((term) => [term, Array.from(weights.slice(...rangeOf(lists, term)))]);
    return { ...setting, problem: { ...problem, pointWeights: Object.fromEntries(last) } };
  };
  return withObjective(loss, dtype, (objective) =>
    solve(objective, { balanced: { evaluate: adaptive.evaluate, after }, ended, hooks: own }),
  ).finally(programs.release);
}

/** The loss, its gradient in the parameters, and its slopes in the weights of the points, in one program. */
function slopesOf(loss: LossFunction, means: ReturnType<typeof batchMeans>): PointLoss["evaluate"] {
  const program: LossProgram = (fed) => {
    const theta = input("theta", [1, loss.size]);
    const value = loss.terms(theta, fed).loss;
    const [own, slopes] = gradient(value, [theta, fed.ofPoints]);
    return { inputs: { theta }, outputs: { loss: value, gradient: own, slopes } };
  };
  return async (theta) => {
    const found = await means.over("slopes", program, { theta });
    return { loss: found.loss[0], gradient: found.gradient, slopes: found.slopes };
  };
}

const stateOf = (left: Float64Array, count: number): PointState => [
  left.slice(0, count),
  left.slice(count, 2 * count),
  left.slice(2 * count),
];

/** The first λ. Each term has its own random numbers. */
function startOf(
  { terms: starts, seed }: SelfAdaptiveBalance,
  lists: readonly WeightedList[],
  terms: readonly string[],
): Float64Array {
  const all = terms.flatMap((term) => {
    const start = termSetting(starts, term) as Start;
    const [from, to] = rangeOf(lists, term);
    const random = randomStream(seed, "point weights", term);
    return Array.from({ length: to - from }, () => {
      if (typeof start === "number") return start;
      const [lower, upper] = start.uniform;
      return lower + (upper - lower) * random.uniform();
    });
  });
  return Float64Array.from(all);
}
