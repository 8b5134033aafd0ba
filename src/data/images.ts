/** Images as bytes [channels, height, width]. sharp decodes and resizes them. */
import { statSync } from "node:fs";
import type sharp from "sharp";
import type { Sharp } from "sharp";
import { requirePlausible } from "../files/unpacking.js";
import { type Dataset, sampleCount } from "./dataset.js";
import type { Progress } from "./sampleSource.js";

let loaded: Promise<typeof sharp> | undefined;

/**
 * sharp, configured to give the same bytes on every processor and to use no threads or memory beyond the current
 * samples.
 */
function loadSharp(): Promise<typeof sharp> {
  loaded ??= import("sharp").then(({ default: library }) => {
    library.simd(false);
    library.concurrency(1);
    library.cache(false);
    return library;
  });
  return loaded;
}

/** The number of images decoded at once. */
const AT_ONCE = 4;

export type Channels = 1 | 3;

/**
 * The part of an image to keep. The image is resized so that its shorter side is `resize`; then a centred square of
 * side `crop` is cut out.
 */
export interface Square {
  readonly resize: number;
  readonly crop: number;
}

/**
 * The square of an image file, as [channels, crop, crop]. Throws an Error that names the file when it cannot be
 * decoded.
 */
export async function decodeImage(path: string, square: Square, channels: Channels): Promise<Uint8Array> {
  return named(path, async () => {
    const sharp = await loadSharp();
    const image = squareOf(sharp(path, { failOn: "error" }), await sizeOf(path), square, "linear");
    const opaque = image.flatten({ background: "white" }).toColourspace(channels === 1 ? "b-w" : "srgb");
    const { data, info } = await opaque.raw().toBuffer({ resolveWithObject: true });
    return planes(data, info.channels, channels);
  });
}

/** The same square of an image whose bytes are labels instead of brightness. Labels are never mixed. */
export async function decodeLabels(path: string, square: Square): Promise<Uint8Array> {
  return named(path, async () => {
    const sharp = await loadSharp();
    const image = squareOf(sharp(path, { failOn: "error" }), await sizeOf(path), square, "nearest");
    return Uint8Array.from(await image.extractChannel(0).raw().toBuffer());
  });
}

/** The raster formats. */
const formats = ["jpeg", "png", "webp", "gif", "tiff"];

/**
 * Width and height in pixels, as stored. Throws an Error that names the file when it is not a raster image, whatever
 * its extension, or claims far more pixels than its bytes can hold.
 */
export async function sizeOf(path: string): Promise<{ width: number; height: number }> {
  const sharp = await loadSharp();
  const { width, height, format } = await named(path, () => sharp(path).metadata());
  if (!formats.includes(format)) throw new Error(`${path} is ${format}; expected ${formats.join(", ")}`);
  requirePlausible(statSync(path).size, 4 * width * height, path);
  return { width, height };
}

async function named<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { message } = error as Error;
    throw message.startsWith(path) ? error : new Error(`${path} cannot be decoded: ${inOneLine(message)}`);
  }
}

/** The decoder of JPEG says what it finds in lines, the same ones several times. */
function inOneLine(message: string): string {
  const lines = message.trim().split("\n");
  const told = lines.map((line) => line.replace("Input file has corrupt header: ", "").replace(/^Vips\w+: /, ""));
  return [...new Set(told)].join("; ");
}

/** Like torchvision's Resize and CenterCrop: the longer side is rounded down, the margins to the nearest pixel. */
function squareOf(
  image: Sharp,
  size: { width: number; height: number },
  { resize, crop }: Square,
  kernel: "linear" | "nearest",
): Sharp {
  const shorter = Math.min(size.width, size.height);
  const [width, height] = [size.width, size.height].map((side) => Math.floor((side * resize) / shorter));
  const [left, top] = [width, height].map((side) => Math.round((side - crop) / 2));
  return image
    .resize(width, height, { fit: "fill", kernel, fastShrinkOnLoad: false })
    .extract({ left, top, width: crop, height: crop });
}

/** Splits interleaved pixels into one plane per channel. */
function planes(pixels: Uint8Array, found: number, channels: Channels): Uint8Array {
  const size = pixels.length / found;
  const ordered = new Uint8Array(channels * size);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < size; i++) ordered[c * size + i] = pixels[i * found + Math.min(c, found - 1)];
  }
  return ordered;
}

/** The dataset with its images resized to side × side, without keeping their proportions (bilinear, antialiased). */
export async function resizeImages(dataset: Dataset, side: number, progress: Progress): Promise<Dataset> {
  const [channels, height, width] = dataset.inputShape;
  if (height === side && width === side) return dataset;
  const count = sampleCount(dataset);
  const size = channels * height * width;
  const inputs = new Uint8Array(count * channels * side * side);
  const sharp = await loadSharp();
  await eachAtOnce(count, progress, async (i) => {
    const planar = dataset.inputs.subarray(i * size, (i + 1) * size);
    for (let c = 0; c < channels; c++) {
      const plane = planar.subarray((c * size) / channels, ((c + 1) * size) / channels) as Uint8Array;
      const resized = sharp(plane, { raw: { width, height, channels: 1 } })
        .resize(side, side, { fit: "fill", kernel: "linear" })
        .toColourspace("b-w")
        .raw();
      inputs.set(await resized.toBuffer(), (i * channels + c) * side * side);
    }
  });
  return { ...dataset, inputShape: [channels, side, side], inputs };
}

/** Does `work` for 0 … count − 1, a few at a time, and reports progress. Stops at the first error. */
export async function eachAtOnce(count: number, progress: Progress, work: (i: number) => Promise<void>): Promise<void> {
  let [next, done] = [0, 0];
  let failed = false;
  const worker = async () => {
    while (next < count && !failed) {
      try {
        await work(next++);
        progress(++done / count, `${done} of ${count} images`);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const settled = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  for (const result of settled) if (result.status === "rejected") throw result.reason;
}
