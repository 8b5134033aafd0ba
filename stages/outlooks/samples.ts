/** What the data sets are whose files, if any, need not be read for that. */
import type { Facts, Outlook, SampleFacts } from "../../src/stage.js";
import type { Fault } from "../../src/text/fault.js";

/** Those parameters of load-data that say what the samples are. */
interface Params {
  name: string;
  count?: number;
  imageSize?: number;
  channels?: string;
  labels?: string;
  classes?: number | readonly string[];
  features?: number | readonly string[];
  task?: string;
  letters?: number;
  length?: number;
}

/** Only images can be augmented. */
export function needsImages({ data = [] }: Readonly<Record<string, readonly Outlook[]>>): Fault[] {
  const other = data.find(({ samples }) => samples && samples.inputShape.length !== 3);
  if (other === undefined) return [];
  const message = `augment needs images [channels, height, width]; ${other.stage} has samples of [${other.samples?.inputShape}]`;
  return [{ path: ["with", "augment"], message }];
}

/** What is known of the samples, and of how many generated ones there are. */
export function samplesOutlook(params: Params): Facts {
  const samples = samplesOf(params);
  if (samples === undefined || params.count === undefined) return { samples };
  const numbers = [...samples.inputShape, 1].reduce((product, length) => product * length);
  const bytesEach = samples.inputShape.length > 1 || samples.task === "language" ? 1 : 4;
  const { count } = params;
  return { samples, amount: count, unit: "samples", bytes: count * numbers * bytesEach, decidedBy: ["with", "count"] };
}

function samplesOf(params: Params): SampleFacts | undefined {
  const { name, classes, features, imageSize: side } = params;
  switch (name) {
    case "two-moons":
      return listed(2, 2);
    case "spirals":
      return listed(2, Number(classes));
    case "blobs":
    case "tree":
      return listed(Number(features), Number(classes));
    case "digits":
    case "mnist":
    case "fashion-mnist":
      return pictures(1, side ?? 28, 10);
    case "shapes":
    case "cifar10":
    case "svhn":
      return pictures(3, side ?? 32, 10);
    case "cifar100":
      return pictures(3, side ?? 32, params.labels === "coarse" ? 20 : 100);
    case "images":
      return pictures(params.channels === "grey" ? 1 : 3, side ?? 64);
    case "segmentation":
    case "pet":
      return side === undefined
        ? undefined
        : { task: "segmentation", inputShape: [3, side, side], targetShape: [side, side], classes: ofLength(3) };
    case "markov-text": {
      const { length = 0, letters = 0 } = params;
      return { task: "language", inputShape: [length], targetShape: [length], classes: ofLength(letters) };
    }
    case "csv":
    case "parquet":
      return Array.isArray(features) ? tabled(features.length, params.task === "regression") : undefined;
    default:
      return undefined;
  }
}

const ofLength = (length: number) => ({ length });

const listed = (inputs: number, classes: number): SampleFacts => ({
  ...{ task: "classification", inputShape: [inputs], targetShape: [], classes: ofLength(classes) },
});

/** The classes of a table are known only from its file. */
const tabled = (inputs: number, isRegression: boolean): SampleFacts =>
  isRegression
    ? { task: "regression", inputShape: [inputs], targetShape: [1], classes: ofLength(0) }
    : { task: "classification", inputShape: [inputs], targetShape: [] };

const pictures = (channels: number, side: number, classes?: number): SampleFacts => ({
  ...{ task: "classification", inputShape: [channels, side, side], targetShape: [] },
  ...(classes !== undefined && { classes: ofLength(classes) }),
});
