import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Font } from "fontkit";

/** The one typeface of all figures, shipped with the program so that a figure looks the same on every machine. */
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

/** Vega's and CSS's ways to name a weight, as one of the two that are shipped. */
export function weightOf(weight: unknown): Weight {
  return weight === "bold" || weight === "bolder" || Number(weight) >= 600 ? "bold" : "normal";
}

/** A function (text, size in pixels, weight) → width in pixels, from the font's own advances and kerning. */
export async function textMeasure(): Promise<(text: string, size: number, weight: Weight) => number> {
  const fontkit = await import("fontkit");
  const open = async (file: string) => fontkit.create(await readFile(file)) as Font;
  const fonts = { normal: await open(fontFiles.normal), bold: await open(fontFiles.bold) };
  const known = new Map<string, number>();
  return (text, size, weight) => {
    const key = weight + text;
    let width = known.get(key);
    if (width === undefined) {
      const font = fonts[weight];
      // A character the font lacks is drawn by a fallback font: an em is room enough.
      const missing = [...text].filter((c) => !font.hasGlyphForCodePoint(c.codePointAt(0)!)).length;
      width = font.layout(text).advanceWidth / font.unitsPerEm + missing * 0.4;
      if (known.size > 10_000) known.clear();
      known.set(key, width);
    }
    return width * size;
  };
}

/** A `<style>` element that embeds the glyphs the SVGs need, regular and bold, as WOFF2; empty when they hold no text. */
export async function fontStyle(svgs: string[]): Promise<string> {
  const glyphs: Record<Weight, Set<string>> = { normal: new Set(), bold: new Set() };
  for (const svg of svgs) {
    for (const [, attributes, content] of svg.matchAll(/<text([^>]*)>(.*?)<\/text>/gs)) {
      const weight = weightOf(/font-weight="([^"]*)"/.exec(attributes)?.[1]);
      for (const character of unescapeXml(content.replace(/<[^>]*>/g, ""))) glyphs[weight].add(character);
    }
  }
  const faces: string[] = [];
  for (const weight of ["normal", "bold"] as const) {
    if (glyphs[weight].size === 0) continue;
    const { default: subsetFont } = await import("subset-font");
    const text = [...glyphs[weight]].sort().join("");
    const woff2 = await subsetFont(await readFile(fontFiles[weight]), text, { targetFormat: "woff2" });
    const source = `url(data:font/woff2;base64,${woff2.toString("base64")}) format("woff2")`;
    faces.push(`@font-face{font-family:"${fontFamily}";font-weight:${weight};src:${source}}`);
  }
  return faces.length > 0 ? `<style>${faces.join("")}</style>` : "";
}

/** Splits an SVG of `renderSvg` into itself without its embedded fonts and the `<style>` element that holds them. */
export function takeFontStyle(svg: string): { svg: string; style: string } {
  const style = /<style>@font-face.*?<\/style>/s.exec(svg)?.[0] ?? "";
  return { svg: svg.replace(style, ""), style };
}

function unescapeXml(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
