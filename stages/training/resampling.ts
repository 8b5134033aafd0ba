/** Residual points that are drawn anew during a training, more of them where the residual is large. */
import { randomStream } from "../../src/linalg/random.js";
import { type PinnProblem, type Points, pinnVariables } from "../../src/models/problems/pinn.js";
import { candidatePoints, pinnPoints } from "../../src/models/problems/pinnPoints.js";
import { mapEntries } from "../../src/models/problems/pointSampling.js";
import { drawByDensity, effectiveNumber, residualDensity } from "../../src/models/problems/residualDensity.js";
import { type ResidualSizes, residualSizes } from "../../src/models/problems/residualSizes.js";
import type { Rounds } from "../../src/training/rounds.js";
import type { TrainingHooks } from "../../src/training/trainingRecord.js";
import type { Setting } from "../artifacts/model.js";

/** The residual-based adaptive distribution (Wu et al. 2023): p ∝ |r|ᵏ / mean |r|ᵏ + c. */
export interface Resample {
  readonly kind: "rad";
  readonly every: number;
  readonly k: number;
  /** Default: 1. */
  readonly c?: number;
  /** The number of candidates, for points off the grid. */
  readonly candidates?: number;
}

/** The number that the paper takes. */
const CANDIDATES = 100_000;

/** One draw of new points. */
interface Draw {
  /** The iterations before it. */
  readonly iteration: number;
  readonly candidates: number;
  /** The number of equally likely candidates that would be spread out as much. */
  readonly effective: number;
  /** The loss with the new points. */
  after: number;
}

/** The points, which change between rounds. */
export interface Resampling extends Rounds {
  /** The points as the loss takes them: the values of each variable, one after another. */
  readonly moving: Float64Array | Float32Array;
  /** Saves the points with the state of the training. */
  readonly hooks: TrainingHooks;
  readonly draws: readonly Draw[];
  /** A setting with the present points. */
  withPoints(setting: Setting<PinnProblem>): Setting<PinnProblem>;
}

interface State {
  readonly points: Record<string, number[]>;
  readonly draws: Draw[];
}

/** Uses points that are drawn anew, and frees what the draws need. */
export async function withResampling<T>(
  setting: Setting<PinnProblem>,
  resample: Resample,
  { hooks, log }: { hooks: TrainingHooks; log: (text: string) => void },
  use: (resampling: Resampling) => Promise<T>,
): Promise<T> {
  const sizes = await residualSizes(setting.architecture, setting.problem, setting.dtype);
  try {
    return await use(resampled(setting, resample, sizes, { hooks, log }));
  } finally {
    await sizes.release();
  }
}

function resampled(
  { problem, dtype }: Setting<PinnProblem>,
  { every, k, c = 1, candidates: wanted = CANDIDATES }: Resample,
  sizes: ResidualSizes,
  { hooks, log }: { hooks: TrainingHooks; log: (text: string) => void },
): Resampling {
  const variables = pinnVariables(problem);
  const left = hooks.resume?.facts.resampling as State | undefined;
  const draws = left?.draws.slice() ?? [];
  let points: Points = left
    ? mapEntries(left.points, (list) => Float64Array.from(list))
    : pinnPoints(problem).collocation;
  const count = points[variables[0]].length;
  const moving = new (dtype === "f32" ? Float32Array : Float64Array)(variables.length * count);
  const goTo = (chosen: Points) => {
    points = chosen;
    for (const [i, name] of variables.entries()) moving.set(points[name], i * count);
  };
  goTo(points);
  const listed = () => Object.fromEntries(variables.map((name) => [name, Array.from(points[name])]));
  const state = (): State => ({ points: listed(), draws });
  return {
    every,
    moving,
    draws,
    hooks: {
      ...hooks,
      save: (training) =>
        hooks.save(() => {
          const { facts, vectors } = training();
          return { facts: { ...facts, resampling: state() }, vectors };
        }),
    },
    async renew(theta, iteration) {
      const label = `resampling ${draws.length + 1}`;
      const candidates = candidatePoints(problem, wanted, label);
      const found = await sizes.at(theta, candidates);
      const density = residualDensity(found, { k, c });
      const chosen = drawByDensity(density, count, randomStream(problem.collocation.seed, label));
      goTo(mapEntries(candidates, (values) => Float64Array.from(chosen, (i) => values[i])));
      draws.push({ iteration, candidates: found.length, effective: effectiveNumber(density), after: Number.NaN });
      const lost = found.reduce((sum, size) => sum + Number(!Number.isFinite(size)), 0);
      if (lost > 0) log(`${lost} of ${found.length} candidates have no finite residual and are left out\n`);
    },
    began(loss) {
      const last = draws[draws.length - 1];
      last.after = loss;
      const effective = `${Math.round(last.effective)} of ${last.candidates} candidates`;
      log(
        `${last.iteration}: residual points drawn anew, effectively from ${effective}; loss ${loss.toPrecision(5)}\n`,
      );
    },
    withPoints(setting) {
      if (draws.length === 0) return setting;
      const origin = `drawn by their residuals after iteration ${draws[draws.length - 1].iteration} of the training`;
      const given = { ...setting.problem.points, collocation: listed(), origin };
      return { ...setting, problem: { ...setting.problem, points: given } };
    },
  };
}

/** Each draw with the loss before it, by the curves of the training. */
export function drawsBeside(
  draws: readonly Draw[],
  { epoch, trainLoss }: Readonly<Record<string, readonly number[]>>,
): (Draw & { before: number })[] {
  return draws.map((draw) => ({ ...draw, before: trainLoss[epoch.indexOf(draw.iteration)] }));
}
