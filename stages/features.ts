import { type Artifact, numbers, rowCount } from "../src/artifact/artifact.js";
import { spread } from "../src/embedding/spread.js";
import type { Stage } from "../src/stage.js";
import { moments, quantiles } from "../src/statistics/describe.js";
import { embeddingCoordinates } from "./artifacts/embedding.js";
import { tableArtifact } from "./artifacts/table.js";
import { columnFaults } from "./inputs/columnsAhead.js";

interface Params {
  columns: string[];
  quantiles: number;
  scale: "linear" | "log";
}

export const featuresStage: Stage<Params> = {
  name: "features",
  version: 2, // 2: deviations of very small and very large numbers are finite and not 0
  inputs: { samples: { kinds: ["model", "grid", "points", "embedding"] } },
  output: "table",
  outlook({ columns, quantiles: count }, { samples: [{ kind }] }) {
    const ofEach = [...columns, ...(kind === "embedding" ? ["distance"] : [])];
    const names = [".mean", ".deviation", ...Array.from({ length: count }, (_, i) => `.${percent(i, count)}%`)];
    const spread = kind === "embedding" ? ["stride", "endDistance"] : [];
    return { columns: [...ofEach.flatMap((column) => names.map((name) => column + name)), ...spread] };
  },
  checkInputs: ({ columns }, { samples: [samples] }) => columnFaults(samples.columns, columns, "columns"),
  async run({ params, input }) {
    const samples = input("samples");
    if (rowCount(samples) === 0) throw new Error("there are no samples to describe");
    const columns = params.columns.flatMap((name) =>
      described(name, scaled(name, numbers(samples, name), params.scale), params.quantiles),
    );
    const features = [...columns, ...(samples.kind === "embedding" ? spreadOf(samples, params.quantiles) : [])];
    return tableArtifact(
      Object.fromEntries(features.map(([name, value]) => [name, Float64Array.of(value)])),
      { ...params },
      { samples: rowCount(samples), features: features.length },
    );
  },
};

/** Which quantile the i-th of `count` is. */
const percent = (i: number, count: number) => Number(((100 * i) / Math.max(1, count - 1)).toPrecision(4));

type Feature = readonly [name: string, value: number];

/** Mean, deviation and quantiles. A single value has no deviation. */
function described(name: string, values: Float64Array, count: number): Feature[] {
  const { mean, deviation } = moments(values);
  if (values.length === 1) return [[`${name}.mean`, mean]];
  const found = quantiles(values, count);
  return [
    [`${name}.mean`, mean],
    [`${name}.deviation`, deviation],
    ...Array.from(found, (value, i): Feature => [`${name}.${percent(i, count)}%`, value]),
  ];
}

/** On a logarithmic scale, 0 becomes the smallest normal number, so that a vanishing loss counts as low. */
function scaled(name: string, values: Float64Array, scale: Params["scale"]): Float64Array {
  if (scale === "linear") return values;
  const negative = values.find((value) => value < 0);
  if (negative !== undefined) {
    throw new Error(`the column ${name} has the value ${negative}, which has no logarithm; set scale: linear`);
  }
  return values.map((value) => Math.log10(Math.max(value, 2 ** -1022)));
}

function spreadOf(samples: Artifact, count: number): Feature[] {
  if (rowCount(samples) === 1) return [];
  const { points, dimension } = embeddingCoordinates(samples);
  const trajectory = samples.columns.trajectory as Int32Array;
  const { distances, stride, endDistance } = spread(points, dimension, trajectory);
  return [...described("distance", distances, count), ["stride", stride], ["endDistance", endDistance]];
}
