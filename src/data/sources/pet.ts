import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeImage, decodeLabels, eachAtOnce, sizeOf } from "../images.js";
import { howToGet } from "../knownSets.js";
import { requireLabels } from "../requireLabels.js";
import type { SampleSource } from "../sampleSource.js";
import { pixelMoments, pixelScaling } from "../standardize.js";
import { findFile } from "./findFile.js";

const BREEDS = 37;

/** The trimap values 1, 2, 3. */
const classes = ["pet", "background", "border"];

/**
 * The Oxford-IIIT Pet data set (Parkhi et al. 2012), for segmentation: photographs and trimaps. Both are resized so
 * that the shorter side is 8/7 of `side` (256 for 224) and cropped to the centre. A stratified draw uses the breed as
 * the class.
 *
 * @throws Error for lists, images or trimaps that are missing or damaged, and trimaps whose size differs from their
 * image or that have values other than 1, 2, 3.
 */
export function pet(folder: string, split: "train" | "test", side: number, standardize: boolean): SampleSource {
  const advice = howToGet("pet", folder);
  const list = findFile(folder, [`annotations/${split === "train" ? "trainval" : "test"}.txt`], advice);
  const entries = readList(list);
  const square = { resize: Math.round((side * 8) / 7), crop: side };
  const pixels = side * side;
  return {
    count: entries.length,
    labels: entries.map(({ breed }) => breed),
    async read(rows, progress) {
      const inputs = new Uint8Array(rows.length * 3 * pixels);
      const targets = new Uint8Array(rows.length * pixels);
      await eachAtOnce(rows.length, progress, async (i) => {
        const { name, line } = entries[rows[i]];
        const image = join(folder, "images", `${name}.jpg`);
        const trimap = join(folder, "annotations", "trimaps", `${name}.png`);
        for (const path of [image, trimap]) {
          if (!existsSync(path)) throw new Error(`${list}:${line} lists ${name}, but there is no ${path}; ${advice}`);
        }
        const sizes = await Promise.all([image, trimap].map(sizeOf));
        const [of, found] = sizes.map(({ width, height }) => `${width} × ${height}`);
        if (of !== found) throw new Error(`${trimap} has ${found} pixels; expected ${of}, like ${image}`);
        inputs.set(await decodeImage(image, square, 3), i * 3 * pixels);
        const labels = (await decodeLabels(trimap, square)).map((value) => value - 1);
        requireLabels(labels, 3, (at) => `${trimap}: pixel (${at % side}, ${Math.floor(at / side)}), less 1,`);
        targets.set(labels, i * pixels);
      });
      return {
        task: "segmentation",
        inputShape: [3, side, side],
        targetShape: [side, side],
        classes,
        inputs,
        targets,
        ...pixelScaling(pixelMoments.imageNet, standardize),
      };
    },
  };
}

/**
 * Each line has the name of an image, its breed (1 …), its species, and its breed among the species; # begins a
 * comment.
 */
function readList(path: string): { name: string; breed: number; line: number }[] {
  const entries = readFileSync(path, "utf8")
    .split(/\r?\n/)
    .map((text, i) => ({ text: text.trim(), line: i + 1 }))
    .filter(({ text }) => text !== "" && !text.startsWith("#"))
    .map(({ text, line }) => {
      const [name, breed] = text.split(/\s+/);
      if (!/^\d+$/.test(breed ?? "") || /[/\\]/.test(name)) {
        throw new Error(
          `${path}:${line} is ${JSON.stringify(text.slice(0, 60))}; expected a name and the number of a breed`,
        );
      }
      if (Number(breed) < 1 || Number(breed) > BREEDS) {
        throw new Error(`${path}:${line} has the breed ${breed}; expected a number from 1 to ${BREEDS}`);
      }
      return { name, breed: Number(breed), line };
    });
  if (entries.length === 0) throw new Error(`${path} lists no image`);
  return entries;
}
