import { readdirSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { type Channels, decodeImage, eachAtOnce } from "../images.js";
import type { SampleSource } from "../sampleSource.js";
import { pixelMoments, pixelScaling } from "../standardize.js";

const endings = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff"];

/**
 * Images in one folder per class, at any depth below it. The classes are the names of the folders, sorted by code unit;
 * images are sorted by path in the same way. Hidden files and other extensions are skipped. Each image is resized to
 * cover a square and cropped to its centre.
 *
 * @throws Error for fewer than two classes, a class without images, and images that cannot be decoded.
 */
export function imageFolder(folder: string, side: number, channels: Channels, standardize: boolean): SampleSource {
  if (!statSync(folder).isDirectory()) throw new Error(`${folder} is a file; expected a folder of folders with images`);
  const classes = visible(folder).filter((name) => statSync(join(folder, name)).isDirectory());
  if (classes.length < 2) {
    throw new Error(
      `${folder} holds ${classes.length === 0 ? "no folder" : `one folder, ${classes[0]}`}; expected one for each class, two or more`,
    );
  }
  const images = classes.flatMap((name, label) => {
    const paths = imagesBelow(join(folder, name));
    if (paths.length === 0) throw new Error(`${join(folder, name)} holds no image; expected ${endings.join(", ")}`);
    return paths.map((path) => ({ path, label }));
  });
  const size = channels * side * side;
  return {
    count: images.length,
    labels: images.map(({ label }) => label),
    async read(rows, progress) {
      const inputs = new Uint8Array(rows.length * size);
      await eachAtOnce(rows.length, progress, async (i) => {
        inputs.set(await decodeImage(images[rows[i]].path, { resize: side, crop: side }, channels), i * size);
      });
      const labels = Array.from(rows, (row) => images[row].label);
      return {
        task: "classification",
        inputShape: [channels, side, side],
        targetShape: [],
        classes,
        inputs,
        targets: classes.length <= 256 ? Uint8Array.from(labels) : Int32Array.from(labels),
        ...pixelScaling(channels === 3 ? pixelMoments.imageNet : pixelMoments.imageNetGrey, standardize),
      };
    },
  };
}

const visible = (folder: string) =>
  readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .sort();

function imagesBelow(folder: string): string[] {
  return visible(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return imagesBelow(path);
    return endings.includes(extname(name).toLowerCase()) ? [path] : [];
  });
}
