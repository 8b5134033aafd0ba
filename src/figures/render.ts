import type * as Vega from "vega";
import { fontFamily, fontFiles, fontStyle, textWidth, weightOf } from "./fonts.js";
import { withPlainTexts } from "./literal.js";
import { type Spec, theme } from "./theme.js";

/** Vega numbers clip paths and gradients with counters of its module, so pictures are drawn one at a time. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * Draws a Vega or Vega-Lite spec as a self-contained SVG in DejaVu Sans, with the glyphs it uses embedded.
 * The same spec gives the same bytes. Nothing is loaded: data and images (as `data:` URIs) are part of the spec.
 *
 * @throws Error when `$schema` names neither grammar, when Vega reports an error or a warning, and when nothing would
 * be drawn.
 */
export function renderSvg(spec: Spec): Promise<string> {
  const picture = turn.then(() => draw(spec));
  turn = picture.catch(() => undefined);
  return picture;
}

/** The most pixels of a PNG: a gigabyte of memory. resvg ends the whole process where it gets none for its pixels. */
const mostPixels = 2 ** 28;

/**
 * Rasterises an SVG of `renderSvg` as a PNG on white; `scale` is pixels per SVG unit.
 *
 * @throws Error for a picture of more than `mostPixels`.
 */
export async function renderPng(svg: string, { scale = 2 }: { scale?: number } = {}): Promise<Uint8Array> {
  refuseHugePicture(svg, scale);
  const { Resvg } = await import("@resvg/resvg-js");
  // resvg knows the older name, which comes before it, and smooths for an unknown one.
  const picture = new Resvg(svg.replaceAll(" image-rendering: pixelated;", ""), {
    background: "white",
    fitTo: { mode: "zoom", value: scale },
    font: {
      loadSystemFonts: false,
      fontFiles: Object.values(fontFiles),
      defaultFontFamily: fontFamily,
      sansSerifFamily: fontFamily,
    },
  });
  return picture.render().asPng();
}

function refuseHugePicture(svg: string, scale: number): void {
  const [, ...size] = /<svg[^>]* viewBox="0 0 ([^\s"]+) ([^\s"]+)"/.exec(svg) ?? [];
  const [width, height] = size.map((side) => Math.round(scale * Number(side)));
  if (width * height <= mostPixels) return;
  throw new Error(
    `the figure would have ${width} × ${height} pixels, more than ${mostPixels}; ` +
      "draw it smaller or with a lower pixelRatio. A mark far outside of the plot makes it large, too",
  );
}

async function draw(spec: Spec): Promise<string> {
  try {
    const svg = (await drawWithVega(spec)).replace(/<[^>]*>/g, tidyTag);
    refuseBrokenPositions(svg);
    const style = fontStyle([svg]);
    return svg.replace(">", () => ">" + style);
  } catch (error) {
    throw new Error(`the figure cannot be drawn: ${(error as Error).message}`, { cause: error });
  }
}

async function drawWithVega(spec: Spec): Promise<string> {
  const vega = await loadVega();
  const complaints: string[] = [];
  const logger = complainTo(complaints);
  const refuseComplaints = () => {
    if (complaints.length > 0) throw new Error(complaints.join("; "));
  };
  const vegaSpec = await asVegaSpec(spec, logger);
  refuseComplaints();
  const view = new vega.View(vega.parse(vegaSpec, theme as unknown as Vega.Config), {
    renderer: "none",
    logger,
    loader: refusingLoader(vega.loader()),
  });
  try {
    await view.runAsync();
    refuseComplaints();
    if (prepareMarks((view.scenegraph() as unknown as { root: Mark }).root) === 0)
      throw new Error("no mark has anything to draw");
    vega.resetSVGDefIds();
    // XML does not allow control characters and lone surrogates.
    const svg = (await view.toSVG()).replace(/[^\P{Cc}\t\n\r\u007f-\u009f]|\p{Cs}|[\ufffe\uffff]/gu, "\ufffd");
    refuseComplaints();
    return svg;
  } finally {
    view.finalize();
  }
}

let vegaLoaded: Promise<typeof Vega> | undefined;

/** Vega with text measured by the font itself. There is no canvas here, and Vega's own estimate cuts labels. */
function loadVega(): Promise<typeof Vega> {
  vegaLoaded ??= import("vega").then((vega) => {
    const { textMetrics } = vega as unknown as { textMetrics: { width: (item: TextItem, text: unknown) => number } };
    textMetrics.width = (item, text) => {
      const width = textWidth(String(text ?? "").trim(), item.fontSize ?? 11, weightOf(item.fontWeight));
      return item.limit ? Math.min(item.limit, width) : width;
    };
    return vega;
  });
  return vegaLoaded;
}

interface TextItem {
  fontSize?: number;
  fontWeight?: string | number;
  limit?: number;
}

/** The spec in Vega's grammar. Vega-Lite is compiled under the theme. */
async function asVegaSpec(spec: Spec, logger: Vega.LoggerInterface): Promise<Vega.Spec> {
  const grammar = /\/schema\/(vega|vega-lite)\//.exec(String(spec?.$schema))?.[1];
  if (grammar === "vega") return withPlainTexts(spec) as unknown as Vega.Spec;
  if (grammar === "vega-lite") {
    const { compile } = await import("vega-lite");
    checkMarks(spec);
    return withPlainTexts(compile(spec as never, { logger, config: theme as never }).spec);
  }
  throw new Error(
    `its $schema is ${JSON.stringify(spec?.$schema)}; ` +
      'expected "https://vega.github.io/schema/vega/v6.json" or "https://vega.github.io/schema/vega-lite/v6.json"',
  );
}

const liteMarks =
  "arc area bar boxplot circle errorband errorbar geoshape image line point rect rule square text tick trail".split(
    " ",
  );

/** Vega-Lite fails on an unknown mark without saying so. */
function checkMarks(part: Record<string, unknown>): void {
  const mark = (part.mark as { type?: unknown } | undefined)?.type ?? part.mark;
  if (mark !== undefined && !liteMarks.includes(mark as string)) {
    throw new Error(`a mark is ${JSON.stringify(mark)}; expected one of ${liteMarks.join(", ")}`);
  }
  for (const key of ["layer", "concat", "hconcat", "vconcat", "spec"]) {
    for (const inner of [part[key]].flat()) if (inner) checkMarks(inner as Record<string, unknown>);
  }
}

function complainTo(complaints: string[]): Vega.LoggerInterface {
  const note = (...what: unknown[]) => {
    complaints.push(what.map((part) => (part instanceof Error ? part.message : String(part))).join(" "));
    return logger;
  };
  const logger = { level: () => 2, error: note, warn: note, info: () => logger, debug: () => logger } as never;
  return logger;
}

/** Figures contain their data: a URL in a spec is an error, not a request. */
function refusingLoader(base: Vega.Loader): Vega.Loader {
  const refuse = async (uri: string) => {
    throw new Error(`${uri} would be loaded by URL; a figure's data belong in its spec`);
  };
  return { ...base, load: refuse, sanitize: refuse, file: refuse, http: refuse };
}

/**
 * Puts text into the one typeface; drops empty texts, invisible backgrounds, the roles of parts (the picture as a
 * whole is the image), and attributes that say what holds without them. A mark that its spec describes as "vertex 12"
 * keeps that number as `data-vertex`, by which pages link marks.
 */
function tidyTag(tag: string): string {
  if (/^<path class="(background|foreground)".* (d="M0,0h0v0h0Z"|display="none")\/>$/.test(tag)) return "";
  // Readers of the SVG count on each text to have an end.
  if (/^<text .*\/>$/.test(tag)) return "";
  return tag
    .replace(/^(<text .*) font-family="[^"]*"/, `$1 font-family="${fontFamily}, sans-serif"`)
    .replace(/ aria-label="vertex (\d+)"/, ' data-vertex="$1"')
    .replace(/ (role|aria-[a-z]+|pointer-events)="[^"]*"/g, "")
    .replace(/ (transform="translate\(0,0\)"|opacity="1"|stroke-dasharray="")/g, "");
}

interface Mark {
  marktype: string;
  role?: string;
  items?: (Mark & { url?: string; image?: unknown; defined?: boolean } & Partial<Record<Channel, number>>)[];
}

const channels = ["x", "y", "x2", "y2", "width", "height"] as const;
type Channel = (typeof channels)[number];

/**
 * Gives image marks their `data:` URIs, which Vega would load first, rejects positions that are not finite, and counts
 * the marks.
 */
function prepareMarks(mark: Mark): number {
  let drawn = 0;
  for (const item of mark.items ?? []) {
    if (mark.marktype === "group") for (const child of item.items ?? []) drawn += prepareMarks(child);
    else if (mark.role === "mark") {
      drawn++;
      // Vega would draw NaN as 0. A point of a line that is left out on purpose is not defined.
      const broken = item.defined === false ? undefined : channels.find((name) => !Number.isFinite(item[name] ?? 0));
      if (broken) throw new Error(`a ${mark.marktype} has ${item[broken]} as its ${broken}`);
    }
    if (mark.marktype === "image") {
      if (!item.url?.startsWith("data:image/")) {
        throw new Error(
          `the image ${item.url} would be loaded by URL; a figure's images belong in its spec as data: URIs`,
        );
      }
      item.image = { url: item.url, src: item.url, complete: true };
    }
  }
  return drawn;
}

function refuseBrokenPositions(svg: string): void {
  for (const [tag] of svg.matchAll(/<[^>]*>/g)) {
    const broken = / (d|transform|x|y|x1|x2|y1|y2|width|height)="[^"]*(NaN|Infinity|undefined)/.exec(tag);
    if (broken) throw new Error(`a mark has ${broken[2]} in its ${broken[1]}: ${tag.slice(0, 120)}`);
  }
}
