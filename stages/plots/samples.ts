import { samples } from "../../src/figures/samples.js";
import { datasetFacts, datasetOf } from "../artifacts/dataset.js";
import { lookOf, type Plot } from "./plot.js";

const captions: Record<string, string> = {
  classification: "Samples to learn from, by class.",
  segmentation: "Images to learn from, each beside the class of its pixels.",
  language: "Text to learn from, a sample a line.",
  regression: "Samples to learn from and their targets.",
};

export const samplesPlot: Plot = {
  title: () => "Samples",
  caption: (dataset) => captions[datasetFacts(dataset).task],
  spec: (dataset, params) => samples({ ...lookOf(params), dataset: datasetOf(dataset) }),
};
