import { textWidth } from "./fonts.js";
import { type Lettering, textLines } from "./textLines.js";
import { colours, type FigureText, plotSize, type Spec, theme } from "./theme.js";

/** The default room for titles, in pixels. */
const defaultRoom = 400;

const { title: titles, axis: axes } = theme;
const lettering: Record<"title" | "subtitle" | "axis", Lettering> = {
  title: { size: titles.fontSize, weight: "bold" },
  subtitle: { size: titles.subtitleFontSize },
  axis: { size: axes.titleFontSize },
};

/**
 * A Vega spec with title, subtitle and the size of the plot. `remarks` are sentences that are added to the subtitle.
 */
export function figureSpec(text: FigureText, remarks: string[], parts: Record<string, unknown>): Spec {
  const subtitle = [text.subtitle, ...remarks].filter(Boolean).join("; ");
  const room = text.size?.room ?? Math.max(defaultRoom, text.size?.width ?? 0);
  return {
    $schema: "https://vega.github.io/schema/vega/v6.json",
    description: subtitle ? `${text.title}. ${subtitle}` : text.title,
    ...plotSize(text),
    ...((text.title || subtitle) && {
      title: {
        text: textLines(text.title, room, lettering.title),
        ...(subtitle && { subtitle: textLines(subtitle, room, lettering.subtitle) }),
        // An empty title takes no line.
        ...(!text.title && { fontSize: 0.01, subtitlePadding: 0 }),
      },
    }),
    ...parts,
    ...(text.size && parts.axes ? { axes: (parts.axes as object[]).map((axis) => fittedAxis(axis, text)) } : {}),
  };
}

/** The most pixels of a word that is longer than its axis and still not broken. */
const longestWord = 132;

/** An axis whose title is broken into lines as long as the axis. */
function fittedAxis(axis: { orient?: string; title?: string | string[] | null }, text: FigureText): object {
  if (!axis.title) return axis;
  const { width, height } = plotSize(text);
  const words = [axis.title].flat().join(" ");
  const longest = Math.max(...words.split(" ").map((word) => textWidth(word, lettering.axis.size, "normal")));
  const pixels = Math.max(axis.orient === "left" ? height : width, Math.min(longest, longestWord));
  const title = textLines(words, pixels, lettering.axis);
  return { ...axis, title };
}

/** The figure for data without a single finite number, or with nothing else to draw, which says so. */
export function noFiniteLoss(text: FigureText, found: string, words = "nothing finite"): Spec {
  return figureSpec(text, [found], {
    marks: [
      {
        type: "rect",
        encode: {
          update: {
            width: { signal: "width" },
            height: { signal: "height" },
            stroke: { value: colours.grid },
            fill: { value: "#f7f7f8" },
          },
        },
      },
      {
        type: "text",
        encode: {
          update: {
            x: { signal: "width / 2" },
            y: { signal: "height / 2" },
            align: { value: "center" },
            baseline: { value: "middle" },
            fontSize: { value: 14 },
            fill: { value: colours.quiet },
            text: { value: textLines(words, plotSize(text).width, lettering.title) },
          },
        },
      },
    ],
  });
}
