import type { Artifact, VectorColumn } from "../../src/artifact/artifact.js";
import type { Dataset } from "../../src/data/dataset.js";
import { segmentation } from "../../src/figures/segmentation.js";
import { drawnFacts } from "../artifacts/table.js";
import { lookOf, type Plot } from "./plot.js";

const suits = (table: Artifact) => drawnFacts(table, "segmentation") !== undefined;

/** The table of a predict stage for segmented images. */
export const segmentationPlot: Plot = {
  suits,
  title: () => "Segmented images",
  caption: () => "Images, the classes of their pixels, and those that the network predicts.",
  spec(table, params) {
    const facts = drawnFacts(table, "segmentation");
    if (!facts) {
      throw new Error(
        "plot: segmentation draws the table of a predict stage for segmented images; this table has no images",
      );
    }
    const valuesOf = (name: string) => (table.columns[name] as VectorColumn).values;
    const dataset = { ...facts.segmentation, inputs: valuesOf("input"), targets: valuesOf("target") } as Dataset;
    return segmentation({ ...lookOf(params), dataset, prediction: valuesOf("prediction") as Int32Array });
  },
};
