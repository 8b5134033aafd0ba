import { formatNumber } from "../src/figures/numbers.js";
import { normalizeDirection } from "../src/landscape/normalization.js";
import { randomDirections } from "../src/landscape/randomDirections.js";
import { distancesTo } from "../src/landscape/riseRange.js";
import { ascent, ball, box, ellipsoid, type Neighborhood } from "../src/landscape/sharpness.js";
import { randomStream } from "../src/linalg/random.js";
import { dot } from "../src/linalg/vectors.js";
import type { Objective } from "../src/models/problems/objective.js";
import type { Stage } from "../src/stage.js";
import { moments } from "../src/statistics/describe.js";
import { tableArtifact } from "./artifacts/table.js";
import { type LossOptions, modelAtPorts } from "./inputs/modelAtPorts.js";
import { withObjective } from "./inputs/withObjective.js";
import { checkLossData } from "./outlooks/losses.js";

interface Params extends LossOptions {
  epsilon: number;
  rho: number;
  adaptiveRho: number;
  ascentSteps: number;
  directions: number;
  rise: number;
  /** The level of the basin. Default: `rise` times the loss at the model. */
  level?: number;
  dtype: "f32" | "f64";
  seed: number;
}

/** The default of the parameter rise. */
const DEFAULT_RISE = 2;

const measures = [
  ...["loss", "epsilonSharpness", "samSharpness", "samFirstStep", "asamSharpness", "asamFirstStep"],
  ...["filterCurvature", "filterCurvatureError", "basinWidth", "basinNarrowest", "sidesWithoutEnd"],
];

export const sharpnessStage: Stage<Params> = {
  name: "sharpness",
  version: 3, // 3: errors of very small and very large curvatures are finite and not 0
  inputs: { model: { kinds: ["model"] }, data: { kinds: ["dataset"], optional: true } },
  check: ({ rise, level }) =>
    level !== undefined && rise !== DEFAULT_RISE
      ? [
          {
            path: ["rise"],
            message: "has no effect, because level gives the level of the basin; leave one of them out",
          },
        ]
      : [],
  checkInputs: (params, inputs) => checkLossData(inputs, params),
  output: "table",
  outlook: () => ({ columns: measures }),
  async run(context) {
    const { params, progress, warn } = context;
    const { loss, weights } = modelAtPorts(context, params);
    return withObjective(loss, params.dtype, async (objective) => {
      const [atModel] = await objective.loss(weights);
      const level = levelOf(params, atModel);
      const random = randomStream(params.seed, "ascent");
      const otherwise = weights.map(() => random.normal());
      const rises = async (what: string, neighborhood: Neighborhood) => {
        progress(undefined, `ascent in the ${what}`);
        return ascent(objective.lossAndGradient, weights, neighborhood, params.ascentSteps, otherwise);
      };
      const inBox = await rises("box", box(weights, params.epsilon));
      const inBall = await rises("ball", ball(params.rho));
      const inEllipsoid = await rises("ellipsoid", ellipsoid(weights, params.adaptiveRho));
      const numbers = {
        loss: atModel,
        // Keskar et al. define it for losses from 0 on.
        epsilonSharpness: atModel > -1 ? (100 * inBox.highest) / (1 + atModel) : Number.NaN,
        samSharpness: inBall.highest,
        samFirstStep: inBall.firstStep,
        asamSharpness: inEllipsoid.highest,
        asamFirstStep: inEllipsoid.firstStep,
        ...(await alongDirections(objective, weights, level > atModel ? level : undefined, params, progress)),
      };
      for (const note of notes(numbers, params)) warn(note);
      const columns = Object.entries(numbers).map(([name, value]) => [name, Float64Array.of(value)] as const);
      return tableArtifact(Object.fromEntries(columns), { ...params }, numbers);
    });
  },
};

/** The loss at the rim of the basin. Throws Error when it is given and the model lies above. */
function levelOf({ level, rise }: Params, atModel: number): number {
  if (level !== undefined && level <= atModel) {
    throw new Error(
      `level is ${formatNumber(level)}, but the loss at the model is ${formatNumber(atModel)}; expected more`,
    );
  }
  return level ?? rise * atModel;
}

/** The measures that this model does not have. */
function notes({ loss, basinWidth, epsilonSharpness }: Record<string, number>, { rise, level }: Params): string[] {
  const rim = level === undefined ? `${rise} times that at the model` : formatNumber(level);
  const why =
    level === undefined && loss <= 0
      ? `no multiple of the loss at the model, ${formatNumber(loss)}, lies above it; set level`
      : `the loss reaches ${rim} along no direction`;
  return [
    ...(Number.isNaN(basinWidth) ? [`basinWidth is missing: ${why}`] : []),
    ...(Number.isNaN(epsilonSharpness) ? ["epsilonSharpness is missing: it is defined for losses above -1"] : []),
  ];
}

/** Curvature along random filter-normalised directions, and how far it is there to a level, if there is one. */
async function alongDirections(
  objective: Objective,
  weights: Float64Array,
  level: number | undefined,
  { directions: count, seed }: Params,
  progress: (fraction: number, note: string) => void,
) {
  const options = { method: "filter", ignore: ["bias", "norm"] } as const;
  const drawn = randomDirections({ size: weights.length, count, seed, distribution: "normal" });
  const curvatures: number[] = [];
  const widths: number[] = [];
  for (const [k, raw] of drawn.entries()) {
    progress(k / count, "curvature and width along random directions");
    const { direction } = normalizeDirection(raw, weights, objective.layout, options);
    curvatures.push(dot(direction, await objective.hessianVectorProduct(weights, direction)));
    if (level === undefined) continue;
    const along = objective.lossAlong(weights, [direction]);
    const sides = await distancesTo(level, async (coefficients) => (await along(coefficients)).loss);
    for (const side of sides) if (side !== undefined) widths.push(side);
  }
  const curvature = moments(Float64Array.from(curvatures));
  return {
    filterCurvature: curvature.mean,
    filterCurvatureError: curvature.deviation / Math.sqrt(count),
    // NaN when no side reaches the level.
    basinWidth: moments(Float64Array.from(widths)).mean,
    basinNarrowest: widths.length === 0 ? Number.NaN : widths.reduce((least, width) => Math.min(least, width)),
    // Sides on which the loss never reaches the level have no width and are left out of the mean.
    sidesWithoutEnd: 2 * count - widths.length,
  };
}
