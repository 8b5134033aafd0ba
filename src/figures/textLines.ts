import { textWidth, type Weight } from "./fonts.js";
import { labelPixels } from "./theme.js";
import { firstLines, wrap } from "./wrap.js";

/** The least room for a line, in pixels. */
const leastRoom = 50;

/** The width of a text in the letters of axes, in pixels. */
export const labelWidth = (text: string) => textWidth(text, labelPixels, "normal");

/** The look of a text, by which its width is measured. */
export interface Lettering {
  /** In pixels. */
  size: number;
  weight?: Weight;
}

/**
 * Text in lines that are at most so many pixels wide, as the font measures them. The words between two `separator`s
 * stay together where they fit on a line.
 */
export function textLines(
  text: string,
  pixels: number,
  { size, weight = "normal" }: Lettering,
  separator?: string,
): string[] {
  const room = Math.max(leastRoom, pixels);
  const widthOf = (part: string) => textWidth(part.replaceAll(joint, " "), size, weight);
  const whole = (part: string) => (widthOf(`${part},`) <= room ? part.replaceAll(" ", joint) : part);
  const joined = separator === undefined ? text : text.split(separator).map(whole).join(separator);
  return wrap(joined, room, widthOf).map((line) => line.replaceAll(joint, " "));
}

/** A space at which no line is broken: a character that no text has. */
const joint = "\ue000";

/** The same in at most `most` lines. The last one ends in dots where more would follow. */
export function fewLines(
  text: string,
  pixels: number,
  most: number,
  lettering: Lettering,
  separator?: string,
): string[] {
  const { size, weight = "normal" } = lettering;
  const widthOf = (part: string) => textWidth(part, size, weight);
  return firstLines(textLines(text, pixels, lettering, separator), most, Math.max(leastRoom, pixels), widthOf);
}
