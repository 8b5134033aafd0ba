import type { Artifact } from "../../src/artifact/artifact.js";
import { confusion } from "../../src/figures/confusion.js";
import { drawnFacts } from "../artifacts/table.js";
import { lookOf, type Plot } from "./plot.js";

const suits = (table: Artifact) => drawnFacts(table, "confusion") !== undefined;

/** The table of an evaluate stage. */
export const confusionPlot: Plot = {
  suits,
  title: () => "Labels and predictions",
  caption: () => "How often each label was predicted, and what was predicted in its place.",
  spec(table, params) {
    const facts = drawnFacts(table, "confusion");
    if (!facts) {
      throw new Error(
        "plot: confusion draws the table of an evaluate stage for labels, of at most 200 classes; this table has no counts",
      );
    }
    return confusion({ ...lookOf(params), ...facts.confusion });
  },
};
