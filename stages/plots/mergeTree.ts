import { numbers } from "../../src/artifact/artifact.js";
import { mergeTree } from "../../src/figures/mergeTree.js";
import { lookOf, lossAxisOf, type Plot } from "./plot.js";

export const treePlot: Plot = {
  title: () => "Merge tree of the loss",
  caption: () => "Where basins begin (minima) and join (saddles) as the loss rises.",
  spec: (of, params) =>
    mergeTree({
      ...lookOf(params),
      ...lossAxisOf(params),
      value: numbers(of, "value"),
      vertex: of.columns.vertex as Int32Array,
      parent: of.columns.parent as Int32Array,
    }),
};
