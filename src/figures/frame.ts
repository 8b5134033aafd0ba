import { renderSvg } from "./render.js";
import { colours, type FigureText, type Spec } from "./theme.js";

/** What a picture is for: a screen, a page in print, or a dark page. */
export type Theme = "screen" | "paper" | "dark";

export interface Frame {
  theme?: Theme;
  /** Of the whole picture, in mm. */
  width?: number;
  height?: number;
  /** Of the numbers along the axes, in points. */
  fontSize?: number;
}

/** Size of the numbers along axes in pixels of a spec; all other text has its size beside it. */
const labelPixels = 11;
const paperPoints = 7.5;
const pixelsPerMm = 96 / 25.4;

/**
 * Renders a figure at a size in mm and with text of a size in points. The plot takes what titles, axes and legends
 * leave; a picture whose plot has a size of its own is scaled as a whole. `draw` gives the spec for a plot of a size in
 * pixels.
 */
export async function framed(
  draw: (size: FigureText["size"]) => Spec,
  frame: Frame,
): Promise<{ spec: Spec; svg: string }> {
  const points = frame.fontSize ?? (frame.theme === "paper" ? paperPoints : undefined);
  const zoom = points === undefined ? 1 : (points * 96) / 72 / labelPixels;
  const [width, height] = [frame.width, frame.height].map((mm) => mm && (mm * pixelsPerMm) / zoom);
  let spec = draw(undefined);
  let svg = await renderSvg(spec);
  // Titles and legends may break otherwise at another width, so it takes a second correction.
  for (let round = 0; round < 2 && (width || height); round++) {
    const [outer, inner] = [sizeOf(svg), { width: Number(spec.width), height: Number(spec.height) }];
    const fit = (wanted: number | undefined, total: number, own: number) =>
      wanted && Math.max(40, own - total + wanted);
    const across = fit(width, outer.width, inner.width);
    const down = fit(height, outer.height, inner.height);
    // The height of a plot follows its width in the proportion that the plot has by itself; a map has square sides.
    const ratio = inner.height / inner.width;
    const size = { width: across ?? (down ?? 0) / ratio, height: down ?? (across ?? 0) * ratio };
    spec = draw(size);
    svg = await renderSvg(spec);
  }
  return { spec, svg: coloured(sized(svg, zoom, width, height), frame.theme) };
}

function sizeOf(svg: string): { width: number; height: number } {
  const [, width, height] = /<svg[^>]*? width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
  return { width: Number(width), height: Number(height) };
}

/** The SVG in mm where a size or a zoom is asked for. */
function sized(svg: string, zoom: number, width: number | undefined, height: number | undefined): string {
  if (zoom === 1 && !width && !height) return svg;
  const own = sizeOf(svg);
  const scale = (zoom * (width ? width / own.width : height ? height / own.height : 1)) / pixelsPerMm;
  const mm = (pixels: number) => `${Math.round(pixels * scale * 1000) / 1000}mm`;
  return svg.replace(/ width="[\d.]+" height="[\d.]+"/, ` width="${mm(own.width)}" height="${mm(own.height)}"`);
}

/** The neutral colours on a dark page; colours that stand for numbers and groups stay. */
const darkColours: Readonly<Record<string, string>> = {
  white: "#14171d",
  "#fff": "#14171d",
  "#ffffff": "#14171d",
  [colours.text]: "#e8eaf0",
  [colours.quiet]: "#a5acba",
  [colours.grid]: "#323846",
  [colours.line]: "#b9c0cd",
  [colours.root]: "#d5d9e2",
  "#f7f8fa": "#1b1f27",
  "#000000": "#f4f5f8",
  black: "#f4f5f8",
};

function coloured(svg: string, theme: Theme | undefined): string {
  if (theme !== "dark") return svg;
  return svg.replace(/ (fill|stroke)="([^"]*)"/g, (found, part, colour) =>
    darkColours[colour] ? ` ${part}="${darkColours[colour]}"` : found,
  );
}
