import { glyphFinder, metricAt, opened } from "./fontSubset.js";

/**
 * The advance of each character of a TrueType font, in em. Kerning is not counted: figures are drawn without it, so
 * that all viewers agree on the width.
 *
 * @returns a function from a code point to its advance; undefined for a character that the font lacks.
 */
export function fontAdvances(file: Uint8Array): (codePoint: number) => number | undefined {
  const font = opened(file);
  const unitsPerEm = font.bytes.getUint16(font.at("head") + 18);
  const glyphOf = glyphFinder(font);
  return (codePoint) => {
    const glyph = glyphOf(codePoint);
    return glyph === undefined ? undefined : metricAt(font, glyph).advance / unitsPerEm;
  };
}
