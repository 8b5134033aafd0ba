import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fontAdvances } from "./fontAdvances.js";
import { fontSubset } from "./fontSubset.js";

/**
 * The single typeface of all figures, which ships with the program so that a figure looks the same on every machine.
 */
export const fontFamily = "DejaVu Sans";

const weights = { normal: "DejaVuSans.ttf", bold: "DejaVuSans-Bold.ttf" };
export type Weight = keyof typeof weights;

/** Paths of the TrueType files, regular and bold. */
export const fontFiles: Record<Weight, string> = {
  normal: fontFile(weights.normal),
  bold: fontFile(weights.bold),
};

function fontFile(name: string): string {
  return createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${name}`);
}

/** Maps Vega's and CSS's names of a weight to one of the two that ship. */
export function weightOf(weight: unknown): Weight {
  return weight === "bold" || weight === "bolder" || Number(weight) >= 600 ? "bold" : "normal";
}

const advances: Partial<Record<Weight, (codePoint: number) => number | undefined>> = {};
const known: Record<Weight, Map<string, number>> = { normal: new Map(), bold: new Map() };

/** The width of a text in pixels by the advances of the font, without kerning. `size`: that of the font, in pixels. */
export function textWidth(text: string, size: number, weight: Weight): number {
  advances[weight] ??= fontAdvances(fontBytes(weight));
  let em = 0;
  for (const character of text) {
    let advance = known[weight].get(character);
    if (advance === undefined) {
      // A fallback font draws a character that this one lacks; an em is wide enough.
      advance = advances[weight](character.codePointAt(0)!) ?? 1;
      known[weight].set(character, advance);
    }
    em += advance;
  }
  return em * size;
}

/** The characters of an SVG's text elements, by weight. */
function charactersOf(svgs: readonly string[]): Record<Weight, Set<string>> {
  const characters: Record<Weight, Set<string>> = { normal: new Set(), bold: new Set() };
  for (const svg of svgs) {
    for (const [, attributes, content] of svg.matchAll(/<text([^>]*)>(.*?)<\/text>/gs)) {
      const weight = weightOf(/font-weight="([^"]*)"/.exec(attributes)?.[1]);
      for (const character of unescapeXml(content.replace(/<[^>]*>/g, ""))) characters[weight].add(character);
    }
  }
  return characters;
}

/**
 * The glyphs that the SVGs need as TrueType fonts in a `<style>` element, regular and bold; empty when they have no
 * text. Without hinting and kerning a subset is smaller than the whole font as WOFF2.
 */
export function fontStyle(svgs: readonly string[]): string {
  const fonts = Object.entries(fontsOf(svgs));
  const faces = fonts.map(([weight, font]) => {
    const source = `url(data:font/ttf;base64,${Buffer.from(font).toString("base64")}) format("truetype")`;
    return `@font-face{font-family:"${fontFamily}";font-weight:${weight};src:${source}}`;
  });
  return faces.length > 0 ? `<style>${faces.join("")}text{font-kerning:none}</style>` : "";
}

/** The glyphs that the SVGs need as TrueType files, by weight. A weight without text has none. */
export function fontsOf(svgs: readonly string[]): Partial<Record<Weight, Uint8Array>> {
  const characters = charactersOf(svgs);
  const fonts: Partial<Record<Weight, Uint8Array>> = {};
  for (const weight of ["normal", "bold"] as const) {
    if (characters[weight].size === 0) continue;
    fonts[weight] = fontSubset(fontBytes(weight), [...characters[weight]].join(""));
  }
  return fonts;
}

const read: Partial<Record<Weight, Uint8Array>> = {};

function fontBytes(weight: Weight): Uint8Array {
  read[weight] ??= readFileSync(fontFiles[weight]);
  return read[weight];
}

/** Splits an SVG of `renderSvg` into the SVG without its embedded fonts, and the `<style>` element that has them. */
export function takeFontStyle(svg: string): { svg: string; style: string } {
  const style = /<style>@font-face.*?<\/style>/s.exec(svg)?.[0] ?? "";
  return { svg: svg.replace(style, ""), style };
}

function unescapeXml(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
