import type { Dataset } from "../src/data/dataset.js";
import { drawnDigits } from "../src/data/generated/digits.js";
import { markovText } from "../src/data/generated/markovText.js";
import type { GeneratorOptions } from "../src/data/generated/options.js";
import { gaussianBlobs, spirals, twoMoons } from "../src/data/generated/plane.js";
import { colouredShapes, shapesToSegment } from "../src/data/generated/shapes.js";
import { withLabelNoise } from "../src/data/labelNoise.js";
import type { Stage } from "../src/stage.js";
import { datasetArtifact } from "./dataset.js";

/** Parameters of each data set; its name → what schemas/load-data.json lets it have. */
interface Sets {
  "two-moons": GeneratorOptions & { noise: number; labelNoise: number };
  spirals: GeneratorOptions & { noise: number; classes: number; turns: number; labelNoise: number };
  blobs: GeneratorOptions & { noise: number; classes: number; features: number; labelNoise: number };
  digits: GeneratorOptions & { labelNoise: number };
  shapes: GeneratorOptions & { labelNoise: number };
  segmentation: GeneratorOptions & { imageSize: number };
  "markov-text": GeneratorOptions & { letters: number; choices: number; length: number };
}

type Params = { [Name in keyof Sets]: { name: Name } & Sets[Name] }[keyof Sets];

export const loadDataStage: Stage<Params> = {
  name: "load-data",
  version: 1,
  inputs: {},
  output: "dataset",
  async run({ params }) {
    const { name, split, seed } = params;
    const labelNoise = "labelNoise" in params ? params.labelNoise : 0;
    const dataset = withLabelNoise(generated(params), labelNoise, seed);
    return datasetArtifact(dataset, { name, split, seed, labelNoise });
  },
};

function generated(params: Params): Dataset {
  switch (params.name) {
    case "two-moons":
      return twoMoons(params);
    case "spirals":
      return spirals(params);
    case "blobs":
      return gaussianBlobs(params);
    case "digits":
      return drawnDigits(params);
    case "shapes":
      return colouredShapes(params);
    case "segmentation":
      return shapesToSegment({ ...params, side: params.imageSize });
    case "markov-text":
      return markovText(params);
  }
}
