import { readFileSync } from "node:fs";
import { relative } from "node:path";
import type { Artifact } from "../src/artifact/artifact.js";
import type { Dataset } from "../src/data/dataset.js";
import { drawnDigits } from "../src/data/generated/digits.js";
import { markovText } from "../src/data/generated/markovText.js";
import type { GeneratorOptions } from "../src/data/generated/options.js";
import { gaussianBlobs, spirals, twoMoons } from "../src/data/generated/plane.js";
import { colouredShapes, shapesToSegment } from "../src/data/generated/shapes.js";
import { artificialTree } from "../src/data/generated/tree.js";
import { resizeImages } from "../src/data/images.js";
import { howToGet, isKnownName } from "../src/data/knownSets.js";
import { withLabelNoise } from "../src/data/labelNoise.js";
import { requireConsistent } from "../src/data/requireConsistent.js";
import { inMemory, onlyRows, type SampleSource } from "../src/data/sampleSource.js";
import { type ArraysOptions, arrays, hdf5Arrays } from "../src/data/sources/arrays.js";
import { cifar10, cifar100 } from "../src/data/sources/cifar.js";
import { imageFolder } from "../src/data/sources/imageFolder.js";
import { mnist } from "../src/data/sources/mnist.js";
import { pet } from "../src/data/sources/pet.js";
import { svhn } from "../src/data/sources/svhn.js";
import { parquetTable, type TableColumns, table } from "../src/data/sources/table.js";
import { type TextOptions, text } from "../src/data/sources/text.js";
import { type Part, type SplitOptions, splitRows } from "../src/data/splitRows.js";
import { drawSubset, type SubsetOptions } from "../src/data/subset.js";
import type { Stage } from "../src/stage.js";
import type { Fault } from "../src/text/fault.js";
import { datasetArtifact, datasetOf, isOwnStandardized } from "./artifacts/dataset.js";
import { checkSamplesInFile, samplesInFile } from "./inputs/samplesInFile.js";
import { samplesOutlook } from "./outlooks/samples.js";

interface FromFile extends SubsetOptions {
  path: string;
}

interface Known extends FromFile {
  split: "train" | "test";
  standardize: boolean;
  imageSize?: number;
}

/** The parameters of each data set; see schemas/load-data.json. */
interface Sets {
  "two-moons": GeneratorOptions & { noise: number };
  spirals: GeneratorOptions & { noise: number; classes: number; turns: number };
  blobs: GeneratorOptions & { noise: number; classes: number; features: number };
  tree: GeneratorOptions & { noise: number; classes: number; features: number; length: number; multiplier: number };
  digits: GeneratorOptions;
  shapes: GeneratorOptions;
  segmentation: GeneratorOptions & { imageSize: number };
  "markov-text": GeneratorOptions & { letters: number; choices: number; length: number };
  mnist: Known;
  "fashion-mnist": Known;
  cifar10: Known;
  cifar100: Known & { labels: "fine" | "coarse" };
  svhn: Omit<Known, "split"> & { split: "train" | "test" | "extra" };
  pet: Known & { imageSize: number };
  images: FromFile &
    SplitOptions & { split: Part; imageSize: number; channels: "colour" | "grey"; standardize: boolean };
  npz: FromFile & ArraysOptions;
  hdf5: FromFile & ArraysOptions;
  csv: FromFile & TableColumns;
  parquet: FromFile & TableColumns;
  text: FromFile & TextOptions;
  arrow: FromFile;
}

type Params = { [Name in keyof Sets]: { name: Name } & Sets[Name] & { labelNoise?: number } }[keyof Sets];

export const loadDataStage: Stage<Params> = {
  name: "load-data",
  version: 2, // 2: files with numbers that f32 would round are kept in f64
  inputs: {},
  output: "dataset",
  outlook(params, _, file) {
    const known = samplesOutlook(params);
    const absolute = "path" in params ? file(params.path) : undefined;
    return {
      ...{ columns: ["input", "target"], headlines: ["samples", "classes"], ...known },
      samples: known.samples ?? samplesInFile(params, absolute),
    };
  },
  check(params, file) {
    const task = "task" in params ? params.task : "classification";
    const { labelNoise = 0 } = params;
    const stratify = "stratify" in params && params.stratify;
    return [
      ...uselessOfDraws(params),
      ...checkSamplesInFile(params, "path" in params ? file?.(params.path) : undefined),
      ...("target" in params && params.features?.includes(params.target)
        ? [
            {
              path: ["features", params.features.indexOf(params.target)],
              message: `is "${params.target}", the target; a network that is given its target learns nothing`,
            },
          ]
        : []),
      ...("classes" in params && Array.isArray(params.classes) && task === "regression"
        ? [{ path: ["classes"], message: "names labels, and regression has numbers; leave it out" }]
        : []),
      ...(labelNoise > 0 && task !== "classification" && task !== "segmentation"
        ? [{ path: ["labelNoise"], message: `is ${labelNoise}; expected 0, as ${task} has no labels to change` }]
        : []),
      ...(stratify && task !== "classification"
        ? [{ path: ["stratify"], message: `is true; expected false, as ${task} has no classes of samples` }]
        : []),
      ...("testFraction" in params && params.testFraction + params.validationFraction >= 1
        ? [
            {
              path: ["testFraction"],
              message: "and validationFraction leave nothing for training; expected a sum below 1",
            },
          ]
        : []),
    ];
  },
  adviceOnFile({ name }, absolute) {
    return isKnownName(name) ? howToGet(name, relative(process.cwd(), absolute) || ".") : undefined;
  },
  async run({ params, file, progress, log }) {
    const { name, seed, labelNoise = 0 } = params;
    const split = "split" in params ? { split: params.split } : {};
    const source = await sourceOf(params, file);
    const rows = drawSubset(source, "path" in params ? params : { seed });
    progress(undefined, `${rows.length} samples`);
    if (isOwnStandardized(name, params)) {
      log("inputs are standardised: (x − mean) / deviation; standardize: false keeps the values of the file\n");
    }
    const dataset = withLabelNoise(await source.read(rows, progress), labelNoise, seed);
    return datasetArtifact(dataset, { name, ...split, parameters: params, available: source.count });
  },
};

/** Parameters of a draw or of a split that does not take place. */
function uselessOfDraws(params: Params): Fault[] {
  if (!("path" in params)) return [];
  const { limit, fraction, stratify, labelNoise = 0, seed } = params;
  const isDrawn = limit !== undefined || fraction !== undefined;
  const split = "splitSeed" in params && params.split === "all" ? params : undefined;
  const parts = { testFraction: params.name === "text" ? 0.1 : 0.2, validationFraction: 0, splitSeed: 0 };
  const ofSplit = { ...("testFraction" in params && params.split === "all" && params), ...split };
  return [
    ...(stratify && !isDrawn
      ? [{ path: ["stratify"], message: "needs a draw by limit or fraction; leave it out" }]
      : []),
    ...(seed !== 0 && !isDrawn && labelNoise === 0
      ? [{ path: ["seed"], message: `is ${seed}, but no limit, fraction or labelNoise draws anything; leave it out` }]
      : []),
    ...Object.entries(parts)
      .filter(([name, usual]) => Object.hasOwn(ofSplit, name) && ofSplit[name as keyof typeof ofSplit] !== usual)
      .map(([name]) => ({ path: [name], message: "has no effect with split: all; leave it out" })),
  ];
}

/** The samples that these parameters select, before a subset is drawn. */
async function sourceOf(params: Params, file: (path: string) => string): Promise<SampleSource> {
  switch (params.name) {
    case "two-moons":
      return inMemory(twoMoons(params));
    case "spirals":
      return inMemory(spirals(params));
    case "blobs":
      return inMemory(gaussianBlobs(params));
    case "tree":
      return inMemory(artificialTree(params));
    case "digits":
      return inMemory(drawnDigits(params));
    case "shapes":
      return inMemory(colouredShapes(params));
    case "segmentation":
      return inMemory(shapesToSegment({ ...params, side: params.imageSize }));
    case "markov-text":
      return inMemory(markovText(params));
    case "mnist":
    case "fashion-mnist":
      return resized(mnist(params.name, file(params.path), params.split, params.standardize), params.imageSize);
    case "cifar10":
      return resized(cifar10(file(params.path), params.split, params.standardize), params.imageSize);
    case "cifar100":
      return resized(cifar100(file(params.path), params.split, params.labels, params.standardize), params.imageSize);
    case "svhn":
      return resized(svhn(file(params.path), params.split, params.standardize), params.imageSize);
    case "pet":
      return pet(file(params.path), params.split, params.imageSize, params.standardize);
    case "images": {
      const channels = params.channels === "grey" ? 1 : 3;
      const all = imageFolder(file(params.path), params.imageSize, channels, params.standardize);
      return onlyRows(all, splitRows(all.count, params.split, params));
    }
    case "npz":
      return arrays(file(params.path), params);
    case "hdf5":
      return hdf5Arrays(file(params.path), params);
    case "parquet":
      return parquetTable(file(params.path), params);
    case "csv":
      return table(file(params.path), params);
    case "text":
      return text(file(params.path), params);
    case "arrow":
      return inMemory(await storedDataset(readFileSync(file(params.path)), params.path));
  }
}

/** Resizes the images as they are read. */
function resized(source: SampleSource, side: number | undefined): SampleSource {
  if (side === undefined) return source;
  return {
    ...source,
    read: async (rows, progress) => resizeImages(await source.read(rows, progress), side, progress),
  };
}

/** The dataset in the bytes of an Arrow file. Throws Error when it holds none, or an inconsistent one. */
async function storedDataset(bytes: Uint8Array, name: string): Promise<Dataset> {
  // Arrow loads slowly, and most data sets do not need it.
  const { decodeArtifact } = await import("../src/artifact/artifactFile.js");
  let stored: Artifact;
  try {
    stored = decodeArtifact(bytes);
  } catch (error) {
    throw new Error(`${name} is not a dataset: ${(error as Error).message}`);
  }
  if (stored.kind !== "dataset") throw new Error(`${name} holds a ${stored.kind}; expected a dataset`);
  const dataset = datasetOf(stored);
  requireConsistent(dataset, name);
  return dataset;
}
