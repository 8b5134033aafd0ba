import { normalizeDirection } from "../src/landscape/normalization.js";
import { randomDirections } from "../src/landscape/randomDirections.js";
import { riseRange } from "../src/landscape/riseRange.js";
import { ascent, ball, box, ellipsoid, type Neighborhood } from "../src/landscape/sharpness.js";
import { dot } from "../src/linalg/vectors.js";
import type { Objective } from "../src/models/problems/objective.js";
import type { Stage } from "../src/stage.js";
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
  dtype: "f32" | "f64";
  seed: number;
}

const measures = [
  ...["loss", "epsilonSharpness", "samSharpness", "samFirstStep", "asamSharpness", "asamFirstStep"],
  ...["filterCurvature", "filterCurvatureError", "basinWidth", "basinNarrowest", "sidesWithoutEnd"],
];

export const sharpnessStage: Stage<Params> = {
  name: "sharpness",
  version: 1,
  inputs: { model: { kinds: ["model"] }, data: { kinds: ["dataset"], optional: true } },
  checkInputs: (params, inputs) => checkLossData(inputs, params),
  output: "table",
  outlook: () => ({ columns: measures }),
  async run(context) {
    const { params, progress } = context;
    const { loss, weights } = modelAtPorts(context, params);
    return withObjective(loss, params.dtype, async (objective) => {
      const [atModel] = await objective.loss(weights);
      const rises = async (what: string, neighborhood: Neighborhood) => {
        progress(undefined, `ascent in the ${what}`);
        return ascent(objective.lossAndGradient, weights, neighborhood, params.ascentSteps);
      };
      const inBox = await rises("box", box(weights, params.epsilon));
      const inBall = await rises("ball", ball(params.rho));
      const inEllipsoid = await rises("ellipsoid", ellipsoid(weights, params.adaptiveRho));
      const numbers = {
        loss: atModel,
        epsilonSharpness: (100 * inBox.highest) / (1 + atModel),
        samSharpness: inBall.highest,
        samFirstStep: inBall.firstStep,
        asamSharpness: inEllipsoid.highest,
        asamFirstStep: inEllipsoid.firstStep,
        ...(await alongDirections(objective, weights, params, progress)),
      };
      const columns = Object.entries(numbers).map(([name, value]) => [name, Float64Array.of(value)] as const);
      return tableArtifact(Object.fromEntries(columns), { ...params }, numbers);
    });
  },
};

/** Curvature and width along random filter-normalised directions. */
async function alongDirections(
  objective: Objective,
  weights: Float64Array,
  { directions: count, rise, seed }: Params,
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
    const along = objective.lossAlong(weights, [direction]);
    const { sides } = await riseRange(async (coefficients) => (await along(coefficients)).loss, { rise });
    for (const side of sides) if (side !== undefined) widths.push(side);
  }
  const mean = (of: readonly number[]) => of.reduce((sum, x) => sum + x, 0) / of.length;
  const filterCurvature = mean(curvatures);
  const squares = curvatures.reduce((sum, x) => sum + (x - filterCurvature) ** 2, 0);
  return {
    filterCurvature,
    filterCurvatureError: Math.sqrt(squares / (count - 1) / count),
    basinWidth: mean(widths),
    basinNarrowest: widths.reduce((least, width) => Math.min(least, width)),
    // Sides on which the loss never reaches the level have no width and are left out of the mean.
    sidesWithoutEnd: 2 * count - widths.length,
  };
}
