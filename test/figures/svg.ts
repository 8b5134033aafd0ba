import { textWidth, weightOf } from "../../src/figures/fonts.js";

/** A rectangle in pixels of the picture that a line of text takes up. */
export interface TextBox {
  text: string;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Width and height that an SVG states. */
export function sizeOf(svg: string): { width: number; height: number } {
  const [, width, height] = /<svg[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(svg)!;
  return { width: Number(width), height: Number(height) };
}

/**
 * The boxes of all visible text, from the transforms above it and the font's own widths; ascent 0.76 em, descent 0.24
 * em.
 */
export async function textBoxes(svg: string): Promise<TextBox[]> {
  const boxes: TextBox[] = [];
  const stack = [[0, 0]];
  const attribute = (tag: string, name: string) => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];
  const offset = (tag: string) => /translate\(([-\d.e]+),([-\d.e]+)\)/.exec(tag)?.slice(1).map(Number) ?? [0, 0];
  for (const [tag] of svg.replace(/<style>.*?<\/style>/s, "").matchAll(/<g(?: [^>]*)?>|<\/g>|<text .*?<\/text>/gs)) {
    const [x, y] = stack[stack.length - 1];
    if (tag === "</g>") stack.pop();
    else if (tag.startsWith("<g") && tag.endsWith("/>")) continue;
    else if (tag.startsWith("<g")) stack.push([x + offset(tag)[0], y + offset(tag)[1]]);
    else {
      const open = tag.slice(0, tag.indexOf(">") + 1);
      if (attribute(open, "opacity") === "0") continue;
      const size = Number.parseFloat(attribute(open, "font-size")!);
      const anchor = { start: 0, middle: 0.5, end: 1 }[attribute(open, "text-anchor") ?? "start"]!;
      const turned = open.includes("rotate(-90)");
      const lines = tag.includes("<tspan")
        ? [...tag.matchAll(/<tspan([^>]*)>(.*?)<\/tspan>/g)]
        : [["", "", tag.slice(open.length, -7)]];
      let down = 0;
      for (const [, attributes, content] of lines) {
        down += Number(attribute(attributes, "dy") ?? 0);
        const text = content.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
        if (text === "") continue;
        const width = textWidth(text, size, weightOf(attribute(open, "font-weight")));
        const along = [-anchor * width, (1 - anchor) * width];
        const across = [down - 0.76 * size, down + 0.24 * size];
        const [dx, dy] = offset(open);
        boxes.push(
          turned
            ? {
                text,
                left: x + dx + across[0],
                right: x + dx + across[1],
                top: y + dy - along[1],
                bottom: y + dy - along[0],
              }
            : {
                text,
                left: x + dx + along[0],
                right: x + dx + along[1],
                top: y + dy + across[0],
                bottom: y + dy + across[1],
              },
        );
      }
    }
  }
  return boxes;
}

/** The RGB pixels of a picture drawn 1:1, and how many colours it has. */
export async function pixelsOf(svg: string): Promise<{ at: (x: number, y: number) => number[]; distinct: number }> {
  const { Resvg } = await import("@resvg/resvg-js");
  const image = new Resvg(svg, { font: { loadSystemFonts: false } }).render();
  const pixels = image.pixels;
  const at = (x: number, y: number) => [...pixels.subarray(4 * (x + image.width * y), 4 * (x + image.width * y) + 3)];
  const colours = new Set<number>();
  for (let k = 0; k < pixels.length; k += 4) colours.add((pixels[k] << 16) | (pixels[k + 1] << 8) | pixels[k + 2]);
  return { at, distinct: colours.size };
}

/** Text that is cut off by the picture's edges or lies on other text. */
export async function misplacedText(svg: string): Promise<string[]> {
  const { width, height } = sizeOf(svg);
  const boxes = await textBoxes(svg);
  return boxes.flatMap((a, i) => [
    ...(a.left >= 0 && a.right <= width && a.top >= 0 && a.bottom <= height ? [] : [`${a.text} is cut`]),
    ...boxes
      .slice(0, i)
      .filter((b) => a.right > b.left && b.right > a.left && a.bottom > b.top && b.bottom > a.top)
      .map((b) => `${a.text} lies on ${b.text}`),
  ]);
}
