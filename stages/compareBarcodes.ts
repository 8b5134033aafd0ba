import { barcodes } from "../src/figures/barcodes.js";
import type { LossScaleType } from "../src/figures/lossScale.js";
import type { Stage } from "../src/stage.js";
import { barsOfDimension } from "./artifacts/barcode.js";
import { figureArtifact } from "./artifacts/figure.js";
import { checkLossAxis } from "./inputs/lossAxis.js";
import { sourceLabel } from "./inputs/sourceLabel.js";

interface Params {
  title: string;
  dimension: number;
  lossRange?: [number, number];
  lossScale: LossScaleType;
  pixelRatio: number;
}

export const compareBarcodesStage: Stage<Params> = {
  name: "compare-barcodes",
  version: 7,
  inputs: { barcodes: { kinds: ["barcode"], many: true } },
  output: "figure",
  fanIn: true,
  check: checkLossAxis,
  async run({ params, sources }) {
    const { title, dimension, lossRange, lossScale } = params;
    const all = sources("barcodes");
    const severalStages = new Set(all.map(({ stage }) => stage)).size > 1;
    const columns = all.map((source) => ({
      label: sourceLabel(source, severalStages),
      ...(source.error === undefined
        ? { bars: barsOfDimension(source.artifact(), dimension) }
        : { missing: `failed: ${source.error}` }),
    }));
    const spec = barcodes({ title, columns, lossDomain: lossRange, lossScale, ...(dimension > 0 && { endLabels }) });
    const caption =
      "Barcodes on one loss axis: a segment from each minimum up to where it can be left for a lower one.";
    return figureArtifact(() => spec, { title, caption }, params);
  },
};

/** Tunnels, voids, … are born and die at saddles of different indices, or at maxima. */
const endLabels: [string, string] = ["birth", "death"];
