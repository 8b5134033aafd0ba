import type { Artifact } from "../../src/artifact/artifact.js";
import { barcode } from "../../src/figures/barcode.js";
import { diagram } from "../../src/figures/diagram.js";
import { barcodeFacts, barsOf } from "../artifacts/barcode.js";
import { lookOf, lossAxisOf, type Plot } from "./plot.js";

const drawn = (of: Artifact) => ({
  ...barsOf(of),
  birthVertex: of.columns.birthVertex as Int32Array,
  lossRange: barcodeFacts(of).range,
});

const caption = (of: Artifact) =>
  barcodeFacts(of).caption ?? "One bar a basin, from its minimum to the saddle where a deeper basin takes it over.";

export const barcodePlot: Plot = {
  title: () => "Persistence barcode",
  caption,
  spec: (of, params) => barcode({ ...lookOf(params), ...lossAxisOf(params), ...drawn(of) }),
};

/** Births against deaths. */
export const diagramPlot: Plot = {
  title: () => "Persistence diagram",
  caption,
  spec: (of, params) => diagram({ ...lookOf(params), ...lossAxisOf(params), ...drawn(of) }),
};
