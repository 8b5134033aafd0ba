import { type Artifact, concatenate, type Metadata, numbers, rowCount } from "../src/artifact/artifact.js";
import { pieceCount, pieceRange } from "../src/landscape/pieces.js";
import { scatteredPoints } from "../src/landscape/scatteredPoints.js";
import { SOBOL_DIMENSIONS } from "../src/linalg/sobol.js";
import type { Stage, StageContext } from "../src/stage.js";
import { directionLabels } from "./artifacts/directions.js";
import { lossFacts } from "./artifacts/lossFacts.js";
import { type PointsMetadata, pointsArtifact } from "./artifacts/points.js";
import { perAxis, type Range, rangePairs, rangeProblems } from "./inputs/axisRanges.js";
import { coefficientColumns, lossOnSpan, type SpanOptions } from "./inputs/lossOnSpan.js";
import { lossSampler } from "./inputs/lossSampler.js";
import { sampledAhead } from "./inputs/modelAhead.js";
import { checkLossData, checkSpan, checkTerms, directionCount, pointsOutlook } from "./outlooks/losses.js";

interface Params extends SpanOptions {
  distribution: "sobol" | "uniform" | "gaussian";
  count: number;
  /** For sobol and uniform points. */
  range?: Range;
  /** For gaussian points. */
  scale?: number | number[];
  center: boolean;
  seed: number;
  terms: boolean;
}

export const samplePointsStage: Stage<Params> = {
  name: "sample-points",
  version: 1,
  inputs: {
    model: { kinds: ["model"] },
    directions: { kinds: ["directions"] },
    data: { kinds: ["dataset"], optional: true },
  },
  output: "points",
  checkInputs(params, inputs) {
    const { distribution, range = [-1, 1], scale = 0.5 } = params;
    const axes = directionCount(inputs) ?? 0;
    return [
      ...checkLossData(inputs, params),
      ...checkSpan(inputs, { range: rangePairs(range).length, scale: [scale].flat().length }),
      ...checkTerms(params, inputs.model[0]),
      ...(distribution === "sobol" && axes > SOBOL_DIMENSIONS
        ? [
            {
              path: ["with", "distribution"],
              message: `is sobol, which has up to ${SOBOL_DIMENSIONS} directions; there are ${axes}: use uniform`,
            },
          ]
        : []),
    ];
  },
  outlook: (params, inputs) => ({
    ...sampledAhead(params.terms, inputs.model[0]),
    ...pointsOutlook(sizeOf(params), directionCount(inputs) ?? 1, "count"),
  }),
  check({ distribution, range, scale }) {
    if (distribution === "gaussian" && range !== undefined) {
      return [{ path: ["range"], message: "applies to sobol and uniform points; gaussian points take scale" }];
    }
    if (distribution !== "gaussian" && scale !== undefined) {
      return [{ path: ["scale"], message: `applies to gaussian points; ${distribution} points take range` }];
    }
    return range ? rangeProblems(range) : [];
  },
  parts: ({ params }) => pieceCount(sizeOf(params)),
  async run(context) {
    const { params, part, shared } = context;
    const axes = rowCount(context.input("directions"));
    const coefficientsFrom = coefficients(params, axes);
    const { start, end } = pieceRange(sizeOf(params), part);
    const onSpan = await shared(() => lossOnSpan(context, params));
    const coefficientsOf = (from: number, count: number) => coefficientsFrom(start + from, count);
    const { loss, ...terms } = await lossSampler(onSpan, context, end - start)(end - start, coefficientsOf);
    const columns = coefficientColumns(coefficientsFrom(start, end - start), axes);
    const { metadata, summary } = factsOfPoints(loss, context);
    return pointsArtifact(loss, columns, params.terms ? terms : {}, metadata, summary);
  },
  join(pieces, context): Artifact {
    const whole = concatenate(pieces);
    return { ...whole, ...factsOfPoints(numbers(whole, "loss"), context) };
  },
};

/** The number of points. The center counts in addition to the scattered ones. */
const sizeOf = ({ count, center }: Params) => count + (center ? 1 : 0);

/** The coefficients of `count` points from `start` on. The center, if requested, is the first. */
function coefficients(params: Params, axes: number): (start: number, count: number) => Float64Array {
  const { distribution, seed, center, range = [-1, 1], scale = 0.5 } = params;
  if (distribution === "sobol" && axes > SOBOL_DIMENSIONS) {
    throw new Error(`sobol points cannot have ${axes} directions, only up to ${SOBOL_DIMENSIONS}; use uniform points`);
  }
  const scattered = scatteredPoints(
    distribution === "gaussian"
      ? { distribution, scales: perAxis([scale].flat(), axes, "scale", "numbers"), seed }
      : { distribution, ranges: perAxis(rangePairs(range), axes, "range", "pairs"), seed },
  );
  if (!center) return scattered;
  return (start, count) => {
    const middle = start === 0 && count > 0 ? 1 : 0;
    const points = new Float64Array(count * axes);
    points.set(scattered(Math.max(0, start - 1), count - middle), middle * axes);
    return points;
  };
}

/** The metadata and the summary of points with these losses. */
function factsOfPoints(loss: Float64Array, { params, input }: StageContext<Params>) {
  const { nonFinite, ...facts } = lossFacts(loss);
  const directions = input("directions");
  const metadata = {
    coordinates: Array.from({ length: rowCount(directions) }, (_, axis) => `a${axis + 1}`),
    labels: directionLabels(directions),
    unit: params.unit,
    dtype: params.dtype,
    distribution: params.distribution,
    ...(params.center && { center: 0 }),
    nonFinite,
  } satisfies PointsMetadata & Metadata;
  return { metadata, summary: { ...facts, nonFinite } };
}
