import { readFileSync } from "node:fs";
import { howToGet } from "../knownSets.js";
import { requireLabels } from "../requireLabels.js";
import { inMemory, type SampleSource } from "../sampleSource.js";
import { pixelMoments, pixelScaling } from "../standardize.js";
import { findFile } from "./findFile.js";

const PIXELS = 3 * 32 * 32;

const cifar10Classes = "airplane automobile bird cat deer dog frog horse ship truck".split(" ");
const cifar100Classes = {
  fine: (
    "apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle " +
    "caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant flatfish " +
    "forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle " +
    "mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate poppy porcupine " +
    "possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper snail snake spider squirrel streetcar " +
    "sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle wardrobe whale " +
    "willow_tree wolf woman worm"
  ).split(" "),
  coarse: (
    "aquatic_mammals fish flowers food_containers fruit_and_vegetables household_electrical_devices household_furniture " +
    "insects large_carnivores large_man-made_outdoor_things large_natural_outdoor_scenes large_omnivores_and_herbivores " +
    "medium_mammals non-insect_invertebrates people reptiles small_mammals trees vehicles_1 vehicles_2"
  ).split(" "),
};

/**
 * CIFAR-10 (Krizhevsky 2009), binary version: records of a label and 3 × 32 × 32 bytes. Throws the errors of
 * readRecords.
 */
export function cifar10(folder: string, split: "train" | "test", standardize: boolean): SampleSource {
  const files = split === "train" ? [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`) : ["test_batch.bin"];
  const paths = files.map((file) =>
    findFile(folder, [file, `cifar-10-batches-bin/${file}`], howToGet("cifar10", folder)),
  );
  return inMemory({
    ...readRecords(paths, 1, 0, cifar10Classes),
    ...pixelScaling(pixelMoments.cifar10, standardize),
  });
}

/**
 * CIFAR-100 (Krizhevsky 2009), binary version: records of a coarse label, a fine label and 3 × 32 × 32 bytes. Throws
 * the errors of readRecords.
 */
export function cifar100(
  folder: string,
  split: "train" | "test",
  labels: "fine" | "coarse",
  standardize: boolean,
): SampleSource {
  const file = `${split}.bin`;
  const path = findFile(folder, [file, `cifar-100-binary/${file}`], howToGet("cifar100", folder));
  return inMemory({
    ...readRecords([path], 2, labels === "fine" ? 1 : 0, cifar100Classes[labels]),
    ...pixelScaling(pixelMoments.cifar100, standardize),
  });
}

/**
 * Reads records from several files, one after the other. A record has `labelBytes` labels and an image; the label at
 * `place` is used.
 *
 * @throws Error for a file that is empty or ends inside a record, and for a label that is not one of the classes.
 */
function readRecords(paths: readonly string[], labelBytes: number, place: number, classes: readonly string[]) {
  const record = labelBytes + PIXELS;
  const contents = paths.map((path) => {
    const bytes = readFileSync(path);
    if (bytes.length === 0 || bytes.length % record !== 0) {
      const whole = Math.floor(bytes.length / record);
      const rest = bytes.length - whole * record;
      throw new Error(
        `${path} is cut short: ${whole} records of ${record} bytes and ${rest} more bytes; expected one or more whole records`,
      );
    }
    return { path, bytes, count: bytes.length / record };
  });
  const total = contents.reduce((sum, { count }) => sum + count, 0);
  const inputs = new Uint8Array(total * PIXELS);
  const targets = new Uint8Array(total);
  let at = 0;
  for (const { path, bytes, count } of contents) {
    const first = at;
    for (let i = 0; i < count; i++, at++) {
      targets[at] = bytes[i * record + place];
      inputs.set(bytes.subarray(i * record + labelBytes, (i + 1) * record), at * PIXELS);
    }
    requireLabels(
      targets.subarray(first, at),
      classes.length,
      (i) => `${path}: the label of record ${i + 1}, at byte ${i * record + place},`,
    );
  }
  return { task: "classification" as const, inputShape: [3, 32, 32], targetShape: [], classes, inputs, targets };
}
