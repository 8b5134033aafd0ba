import { renderSvg } from "./render.js";
import { colours, labelPixels, type PlotSize, type Spec } from "./theme.js";

/** The medium of a picture: a screen, a page in print, or a dark page. */
export type Theme = "screen" | "paper" | "dark";

export interface Frame {
  theme?: Theme;
  /** The size of the whole picture, in mm. */
  width?: number;
  height?: number;
  /** The size of the numbers along the axes, in points. */
  fontSize?: number;
}

/** The size of the numbers along axes in print, in points. All other text sizes are relative to it. */
const paperPoints = 7.5;
const pixelsPerMm = 96 / 25.4;
const smallestPlot = 40;

/** The number of fitting passes, because titles and legends may break differently at another width. */
const mostRounds = 5;

/**
 * Renders a figure at a size in mm, with text of a size in points. The plot takes the space left by titles, axes and
 * legends; text is never scaled. `draw` gives the spec for a plot of a size in pixels.
 *
 * @throws Error when text of that size leaves the plot less than 40 pixels, or when a spec has its own size.
 */
export async function framed(draw: (size?: PlotSize) => Spec, frame: Frame): Promise<{ spec: Spec; svg: string }> {
  const points = frame.fontSize ?? (frame.theme === "paper" ? paperPoints : undefined);
  const zoom = points === undefined ? 1 : (points * 96) / 72 / labelPixels;
  const [width, height] = [frame.width, frame.height].map((mm) => mm && (mm * pixelsPerMm) / zoom);
  let spec = draw();
  let svg = await renderSvg(spec);
  const fits = () => {
    const outer = sizeOf(svg);
    return Math.abs(outer.width - (width ?? outer.width)) < 0.5 && outer.height < (height ?? Infinity) + 0.5;
  };
  for (let round = 0; round < mostRounds && (round === 0 || !fits()) && (width || height); round++) {
    const [outer, inner] = [sizeOf(svg), { width: Number(spec.width), height: Number(spec.height) }];
    const fit = (wanted: number | undefined, total: number, own: number) =>
      wanted && Math.max(smallestPlot, own - total + wanted);
    const across = fit(width, outer.width, inner.width);
    const down = fit(height, outer.height, inner.height);
    // The height of a plot follows from its width in the plot's natural proportion. A map has square sides.
    const ratio = inner.height / inner.width;
    spec = draw({
      width: across ?? (down ?? 0) / ratio,
      height: down ?? (across ?? 0) * ratio,
      room: width && width - 24,
    });
    svg = await renderSvg(spec);
  }
  const outer = sizeOf(svg);
  for (const [side, wanted, found] of [
    ["width", width, outer.width],
    ["height", height, outer.height],
  ] as const) {
    if (wanted === undefined || found <= wanted + 1) continue;
    const mm = (pixels: number) => Math.ceil((pixels * zoom) / pixelsPerMm);
    throw new Error(
      `${side}: ${mm(wanted)} mm leave this figure no room beside its text; expected at least ${mm(found)} mm, or a smaller fontSize`,
    );
  }
  return { spec, svg: coloured(sized(svg, zoom, width, height), frame.theme) };
}

function sizeOf(svg: string): { width: number; height: number } {
  const [, width, height] = /<svg[^>]*? width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
  return { width: Number(width), height: Number(height) };
}

/** The SVG in mm when a size or a zoom is requested. A square plot leaves part of the size empty. */
function sized(svg: string, zoom: number, width: number | undefined, height: number | undefined): string {
  if (zoom === 1 && !width && !height) return svg;
  const own = sizeOf(svg);
  const [across, down] = [width ?? own.width, height ?? own.height].map((x) => Math.round(1000 * x) / 1000);
  const mm = (pixels: number) => `${Math.round(((pixels * zoom) / pixelsPerMm) * 1000) / 1000}mm`;
  return svg
    .replace(
      / width="[\d.]+" height="[\d.]+" viewBox="[^"]*"/,
      ` width="${mm(across)}" height="${mm(down)}" viewBox="0 0 ${across} ${down}"`,
    )
    .replace(
      /<rect width="[\d.]+" height="[\d.]+" fill="white"/,
      `<rect width="${across}" height="${down}" fill="white"`,
    );
}

/** The neutral colours on a dark page. Colours that represent numbers and groups do not change. */
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
