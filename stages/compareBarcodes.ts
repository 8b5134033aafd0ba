import { type Artifact, artifact, numbers } from "../src/artifact/artifact.js";
import { type Bars, barcodes } from "../src/figures/barcodes.js";
import type { LossScaleType } from "../src/figures/lossScale.js";
import { renderPng, renderSvg } from "../src/figures/render.js";
import type { Stage } from "../src/stage.js";
import { labelOf } from "./compareProfiles.js";
import { checkLossAxis } from "./inputs/lossAxis.js";

interface Params {
  title: string;
  dimension: number;
  lossRange?: [number, number];
  lossScale: LossScaleType;
  pixelRatio: number;
}

export const compareBarcodesStage: Stage<Params> = {
  name: "compare-barcodes",
  version: 2,
  inputs: { barcodes: { kinds: ["barcode"], many: true } },
  output: "figure",
  fanIn: true,
  check: checkLossAxis,
  async run({ params, sources }) {
    const { title, dimension, lossRange, lossScale } = params;
    const all = sources("barcodes");
    const severalStages = new Set(all.map(({ stage }) => stage)).size > 1;
    const columns = all.map((source) => ({
      label: labelOf(source, severalStages),
      ...(source.error === undefined
        ? { bars: barsOf(source.artifact(), dimension) }
        : { missing: `failed: ${source.error}` }),
    }));
    const spec = barcodes({ title, columns, lossDomain: lossRange, lossScale, ...(dimension > 0 && { endLabels }) });
    const svg = await renderSvg(spec);
    const png = await renderPng(svg, { scale: params.pixelRatio });
    const caption =
      "Barcodes on one loss axis: a segment from each minimum up to where it can be left for a lower one.";
    return artifact("figure", { spec: [JSON.stringify(spec)], svg: [svg], png: [png] }, { title, caption });
  },
};

/** Of tunnels, voids, …: saddles of one index or another, or maxima. */
const endLabels: [string, string] = ["birth", "death"];

function barsOf(of: Artifact, wanted: number): Bars {
  const dimension = of.columns.dimension as Int32Array;
  const own = (name: string) => numbers(of, name).filter((_, row) => dimension[row] === wanted);
  return { birth: own("birth"), death: own("death") };
}
