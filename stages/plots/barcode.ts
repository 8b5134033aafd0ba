import { type Artifact, numbers } from "../../src/artifact/artifact.js";
import { barcode } from "../../src/figures/barcode.js";
import { diagram } from "../../src/figures/diagram.js";
import type { Plot } from "./plot.js";

const barsOf = (of: Artifact) => ({
  dimension: of.columns.dimension as Int32Array,
  birth: numbers(of, "birth"),
  death: numbers(of, "death"),
  lossRange: of.metadata.range as [number, number],
});

const caption = ({ metadata }: Artifact) =>
  (metadata.caption as string | undefined) ??
  "One bar a basin, from its minimum to the saddle where a deeper basin takes it over.";

export const barcodePlot: Plot = {
  kind: "barcode",
  caption,
  spec: (of, { title }) => barcode({ title, ...barsOf(of) }),
};

/** Births against deaths. */
export const diagramPlot: Plot = {
  kind: "barcode",
  caption,
  spec: (of, { title }) => diagram({ title, ...barsOf(of) }),
};
