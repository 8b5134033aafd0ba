/** Samples of datasets as small pictures: `data:` addresses of PNGs. */
import { type Dataset, inputSize, targetSize } from "../data/dataset.js";
import { encodePixels, encodePng } from "./png.js";

/** The classes of segmentation in order, distinct from each other even in grey. More classes take further hues. */
export function classColour(label: number): string {
  const named = [
    "#2171b5",
    "#e6761b",
    "#2e8b57",
    "#b5435a",
    "#8e5ba6",
    "#c9a227",
    "#17a2a8",
    "#6b4f3a",
    "#d4579a",
    "#6b6f7a",
  ];
  if (label < named.length) return named[label];
  // Hues by the golden angle: neighbours are far apart, however many there are.
  return hslToHex((label * 137.508) % 360, 0.55, label % 2 === 0 ? 0.42 : 0.6);
}

/**
 * The colours of a trimap's classes, object, background, border; general class colours when there are more or fewer.
 */
export const segmentColour = (classes: number, label: number): string =>
  classes === 3 ? ["#e6761b", "#dfe6ee", "#08306b"][label] : classColour(label);

/**
 * One image of a dataset as stored, before it is standardised. One channel is grey, three are colours; of two, or more
 * than three, the first is shown. Numbers that are not bytes are stretched so that the smallest is black and the
 * largest white.
 */
export function imagePicture({ inputs, inputShape }: Dataset, row: number): string {
  const [channels, height, width] = inputShape;
  const plane = height * width;
  const own = inputs.subarray(row * channels * plane, (row + 1) * channels * plane);
  const shown = channels === 3 ? 3 : 1;
  const toByte = inputs instanceof Uint8Array ? (value: number) => value : stretch(own.subarray(0, shown * plane));
  const pixels = new Uint8Array(shown * plane);
  for (let c = 0; c < shown; c++) {
    for (let i = 0; i < plane; i++) pixels[i * shown + c] = toByte(own[c * plane + i]);
  }
  return address(encodePixels(pixels, width, height, shown));
}

function stretch(values: ArrayLike<number>): (value: number) => number {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  const scale = high > low ? 255 / (high - low) : 0;
  return (value) => Math.round((value - low) * scale);
}

/** Labels of pixels [height, width] as a picture. */
export function labelPicture(labels: ArrayLike<number>, height: number, width: number, colours: string[]): string {
  const palette = colours.map((hex) => [1, 3, 5].map((start) => Number.parseInt(hex.slice(start, start + 2), 16)));
  return address(encodePng(Uint8Array.from(labels), width, height, palette as [number, number, number][]));
}

/** The labels of one sample. */
export function targetOf(dataset: Dataset, row: number): Dataset["targets"] {
  const places = targetSize(dataset);
  return dataset.targets.subarray(row * places, (row + 1) * places);
}

/** The inputs of one sample, as stored. */
export function inputOf(dataset: Dataset, row: number): Dataset["inputs"] {
  const size = inputSize(dataset);
  return dataset.inputs.subarray(row * size, (row + 1) * size);
}

const address = (png: Buffer) => `data:image/png;base64,${png.toString("base64")}`;

export function hslToHex(hue: number, saturation: number, lightness: number): string {
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    const value = lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(255 * value)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}
