import { numbers } from "../../src/artifact/artifact.js";
import { mergeTree } from "../../src/figures/mergeTree.js";
import type { Plot } from "./plot.js";

export const treePlot: Plot = {
  kind: "tree",
  caption: () => "Where basins begin (minima) and join (saddles) as the loss rises.",
  spec: (of, { title }) =>
    mergeTree({
      title,
      value: numbers(of, "value"),
      parent: of.columns.parent as Int32Array,
    }),
};
