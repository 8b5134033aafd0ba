import { type Artifact, concatenate, numbers, rowCount, vectorAt } from "../src/artifact.js";
import { directionScales } from "../src/landscape/directionScales.js";
import { type GridPoints, gridPoints } from "../src/landscape/gridPoints.js";
import { createObjective } from "../src/models/objective.js";
import type { Stage, StageContext } from "../src/stage.js";
import { gridArtifact, gridFacts } from "./gridArtifact.js";
import { trainedModel } from "./train.js";

interface Params {
  steps: number | number[];
  range: [number, number] | [number, number][];
  unit: "direction" | "relative";
  dtype: "f32" | "f64";
}

/** A piece has at least this many points, and there are at most so many pieces. */
const POINTS_PER_PART = 256;
const MOST_PARTS = 128;
/** Points evaluated between two reports of progress. */
const POINTS_PER_BLOCK = 64;

export const sampleGridStage: Stage<Params> = {
  name: "sample-grid",
  version: 1,
  inputs: { model: { kinds: ["model"] }, directions: { kinds: ["directions"] } },
  output: "grid",
  check({ steps, range }) {
    const pairs = range.filter((entry) => Array.isArray(entry));
    const mixed = pairs.length > 0 && pairs.length < range.length;
    if (mixed || (pairs.length === 0 && range.length !== 2)) {
      return [
        { path: ["range"], message: `is ${JSON.stringify(range)}; expected [lo, hi] or one such pair for each axis` },
      ];
    }
    const counts = [steps].flat();
    const ranges = (pairs.length > 0 ? pairs : [range]) as [number, number][];
    if (counts.length > 1 && ranges.length > 1 && counts.length !== ranges.length) {
      return [{ path: ["range"], message: `has ${ranges.length} pairs but steps has ${counts.length} numbers` }];
    }
    return ranges.flatMap(([lo, hi], axis) =>
      lo < hi
        ? []
        : [
            {
              path: pairs.length > 0 ? ["range", axis] : ["range"],
              message: `is [${lo}, ${hi}]; expected the lower end first`,
            },
          ],
    );
  },
  parts: (context) => Math.min(MOST_PARTS, Math.ceil(gridOf(context).size / POINTS_PER_PART)),
  async run(context) {
    const { params, part, input, progress } = context;
    const grid = gridOf(context);
    const directions = directionVectors(input("directions"));
    const { loss, weights } = trainedModel(input("model"));
    const scales = directionScales(params.unit, directions, weights);
    const start = Math.floor((part.index * grid.size) / part.count);
    const end = Math.floor(((part.index + 1) * grid.size) / part.count);

    const objective = await createObjective(loss, { dtype: params.dtype });
    try {
      const lossAt = objective.lossAlong(
        weights,
        directions.map((direction, k) => direction.map((value) => value * scales[k])),
      );
      const losses = new Float64Array(end - start);
      for (let at = start; at < end; at += POINTS_PER_BLOCK) {
        const count = Math.min(POINTS_PER_BLOCK, end - at);
        losses.set(await lossAt(grid.coordinatesOf(at, count)), at - start);
        progress((at - start + count) / (end - start));
      }
      return gridArtifact(losses, grid.axes, factsOf(context), start);
    } finally {
      await objective.release();
    }
  },
  join(pieces, context) {
    const whole = concatenate(pieces);
    return { ...whole, ...gridFacts(numbers(whole, "loss"), gridOf(context).axes, factsOf(context)) };
  },
};

/** One axis for each direction; a single number of steps or a single range holds for all axes. */
function gridOf({ params, input }: StageContext<Params>): GridPoints {
  const axes = rowCount(input("directions"));
  const steps = perAxis([params.steps].flat(), axes, "steps", "numbers");
  const given = Array.isArray(params.range[0])
    ? (params.range as [number, number][])
    : [params.range as [number, number]];
  return gridPoints(steps, perAxis(given, axes, "range", "pairs"));
}

function perAxis<T>(values: T[], axes: number, name: string, what: string): T[] {
  if (values.length === 1) return Array.from({ length: axes }, () => values[0]);
  if (values.length === axes) return values;
  throw new Error(`${name} has ${values.length} ${what}; expected ${axes}, one for each direction, or just one`);
}

function directionVectors(directions: Artifact): Float64Array[] {
  return Array.from({ length: rowCount(directions) }, (_, k) => vectorAt(directions, "vector", k));
}

function factsOf({ params, input }: StageContext<Params>) {
  return { unit: params.unit, labels: input("directions").metadata.labels, dtype: params.dtype };
}
