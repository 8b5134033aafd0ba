import type { Artifact } from "../../src/artifact/artifact.js";
import { type ConfusionData, confusion } from "../../src/figures/confusion.js";
import type { Plot } from "./plot.js";

const suits = ({ metadata }: Artifact) => metadata.plot === "confusion";

/** The table of an evaluate stage. */
export const confusionPlot: Plot = {
  kind: "table",
  suits,
  caption: () => "How often each label was predicted, and what was predicted in its place.",
  spec(table, { title }) {
    if (!suits(table)) {
      throw new Error(
        "plot: confusion draws the table of an evaluate stage for labels, of at most 200 classes; this table has no counts",
      );
    }
    return confusion({ title, ...(table.metadata.confusion as Omit<ConfusionData, "title">) });
  },
};
