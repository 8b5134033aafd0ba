import { fontsOf, weightOf } from "./fonts.js";
import { hslToHex } from "./samplePictures.js";

/**
 * An SVG of `renderSvg` as a PDF page of its size, in vectors, with the glyphs it uses embedded. It supports the
 * elements that Vega writes: groups, paths, text, images, clip paths and linear gradients. The same SVG gives the same
 * bytes: the date is fixed, and streams are compressed by a compressor in JavaScript.
 */
export async function renderPdf(svg: string): Promise<Uint8Array> {
  const { default: PDFDocument } = await import("pdfkit");
  const root = parsed(svg);
  const [, , width, height] = root.attributes.viewBox.split(" ").map(Number);
  const points = pointsOf(root.attributes.width) / width;
  const document = new PDFDocument({
    size: [width * points, height * points],
    margin: 0,
    font: "", // no standard font, which a document would load and never use
    info: { CreationDate: new Date(0), Producer: "cirque", Creator: "cirque" },
  });
  const chunks: Uint8Array[] = [];
  const done = new Promise<Uint8Array>((resolve, reject) => {
    document.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    document.on("end", () => resolve(Buffer.concat(chunks)));
    document.on("error", reject);
  });
  for (const [weight, font] of Object.entries(fontsOf([svg]))) document.registerFont(weight, Buffer.from(font));
  document.scale(points);
  const named = new Map<string, Element>();
  collectNamed(root, named);
  draw(document, root, {}, named);
  document.end();
  return done;
}

interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

type Style = Record<string, string>;

/** Attributes that elements inherit. */
const inherited = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-linejoin",
  "stroke-linecap",
  "stroke-dasharray",
  "stroke-miterlimit",
];

/** A length of an SVG in points; one without a unit is in pixels of 1/96 inch. */
function pointsOf(length: string): number {
  return Number.parseFloat(length) * (length.endsWith("mm") ? 72 / 25.4 : 0.75);
}

/** The tree of elements of an SVG from Vega, which has no comments, custom entities or CDATA. */
function parsed(svg: string): Element {
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const stack = [root];
  for (const [, close, name, attributes, self, text] of svg.matchAll(/<(\/?)([\w:]+)([^>]*?)(\/?)>|([^<]+)/g)) {
    const top = stack[stack.length - 1];
    if (text !== undefined) top.text += unescaped(text);
    else if (close) stack.pop();
    else {
      const pairs = Array.from(attributes.matchAll(/([\w:-]+)="([^"]*)"/g), ([, key, value]) => [
        key,
        unescaped(value),
      ]);
      const element: Element = { name, attributes: Object.fromEntries(pairs), children: [], text: "" };
      top.children.push(element);
      if (!self) stack.push(element);
    }
  }
  return root.children[0];
}

function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}

function collectNamed(element: Element, named: Map<string, Element>): void {
  if (element.attributes.id) named.set(element.attributes.id, element);
  for (const child of element.children) collectNamed(child, named);
}

function draw(document: PDFKit.PDFDocument, element: Element, above: Style, named: Map<string, Element>): void {
  const { name, attributes, children } = element;
  if (["style", "defs", "clipPath", "linearGradient"].includes(name)) return;
  if (attributes.display === "none" || attributes.opacity === "0") return;
  const style: Style = { ...above };
  for (const key of inherited) if (attributes[key] !== undefined) style[key] = attributes[key];
  // Opacities of groups multiply.
  const opacity = Number(above.opacity ?? 1) * Number(attributes.opacity ?? 1);
  style.opacity = String(opacity);
  // Colours and lines are set for each shape: only what moves or clips needs to be undone.
  const isUndone = attributes.transform !== undefined || attributes["clip-path"] !== undefined;
  if (isUndone) document.save();
  transform(document, attributes.transform);
  const clip = /url\(#([^)]*)\)/.exec(attributes["clip-path"] ?? "")?.[1];
  for (const shape of (clip && named.get(clip)?.children) || []) {
    document.path(outlineOf(shape)).clip();
  }
  if (name === "path" || name === "rect" || name === "line")
    paint(document, outlineOf(element), style, attributes, named);
  else if (name === "text") write(document, element, style);
  else if (name === "image") place(document, attributes);
  else for (const child of children) draw(document, child, style, named);
  if (isUndone) document.restore();
}

function transform(document: PDFKit.PDFDocument, text = ""): void {
  for (const [, name, numbers] of text.matchAll(/(\w+)\(([^)]*)\)/g)) {
    const [a, b = name === "translate" ? 0 : a] = numbers.split(/[\s,]+/).map(Number);
    if (name === "translate") document.translate(a, b);
    if (name === "scale") document.scale(a, b);
    if (name === "rotate") document.rotate(a);
  }
}

function outlineOf({ name, attributes }: Element): string {
  const number = (key: string) => Number(attributes[key] ?? 0);
  if (name === "rect")
    return `M${number("x")},${number("y")}h${number("width")}v${number("height")}h${-number("width")}Z`;
  if (name === "line") return `M${number("x1")},${number("y1")}L${number("x2")},${number("y2")}`;
  return attributes.d ?? "";
}

function paint(
  document: PDFKit.PDFDocument,
  path: string,
  style: Style,
  attributes: Style,
  named: Map<string, Element>,
): void {
  const seen = (colour: string | undefined) => colour !== undefined && colour !== "none" && colour !== "transparent";
  const opacity = Number(style.opacity);
  const isFilled = seen(style.fill);
  const isStroked = seen(style.stroke) && Number(style["stroke-width"] ?? 1) > 0;
  if (path === "" || (!isFilled && !isStroked)) return;
  document.path(path);
  if (isFilled) {
    document.fillColor(colourOf(document, style.fill, path, named), opacity * Number(attributes["fill-opacity"] ?? 1));
  }
  if (isStroked) {
    document.strokeColor(
      colourOf(document, style.stroke, path, named),
      opacity * Number(attributes["stroke-opacity"] ?? 1),
    );
    document.lineWidth(Number(style["stroke-width"] ?? 1));
    document.lineJoin((style["stroke-linejoin"] as "round") ?? "miter");
    document.lineCap((style["stroke-linecap"] as "round") ?? "butt");
    const dash =
      style["stroke-dasharray"]
        ?.split(/[\s,]+/)
        .map(Number)
        .filter((length) => length > 0) ?? [];
    if (dash.length > 1) document.dash(dash[0], { space: dash[1] });
    else document.undash();
  }
  if (isFilled && isStroked) document.fillAndStroke();
  else if (isFilled) document.fill();
  else document.stroke();
}

/** A colour, or a gradient over the box around a path. */
function colourOf(document: PDFKit.PDFDocument, colour: string, path: string, named: Map<string, Element>) {
  const gradient = named.get(/url\(#([^)]*)\)/.exec(colour)?.[1] ?? "");
  if (gradient) {
    const { left, top, width, height } = boxAround(path);
    const [x1, y1, x2, y2] = ["x1", "y1", "x2", "y2"].map((key) => Number(gradient.attributes[key] ?? 0));
    const [x, y] = [(share: number) => left + share * width, (share: number) => top + share * height];
    const made = document.linearGradient(x(x1), y(y1), x(x2), y(y2));
    for (const { attributes } of gradient.children)
      made.stop(Number(attributes.offset), hexOf(attributes["stop-color"]));
    return made;
  }
  return hexOf(colour);
}

/** The box around a path of lines, such as the rectangle of a colour bar. */
function boxAround(path: string): { left: number; top: number; width: number; height: number } {
  const [xs, ys]: [number[], number[]] = [[], []];
  let [x, y] = [0, 0];
  for (const [, command, numbers] of path.matchAll(/([MLHVmlhv])([^MLHVmlhvZz]*)/g)) {
    const values = numbers
      .trim()
      .split(/[\s,]+/)
      .map(Number);
    const isRelative = command === command.toLowerCase();
    const [alongX, alongY] =
      { m: [0, 1], l: [0, 1], h: [0, undefined], v: [undefined, 0] }[command.toLowerCase()] ?? [];
    if (alongX !== undefined) x = values[alongX] + (isRelative ? x : 0);
    if (alongY !== undefined) y = values[alongY] + (isRelative ? y : 0);
    xs.push(x);
    ys.push(y);
  }
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
}

/** Any colour that figures use as `#rrggbb`. */
function hexOf(colour: string): string {
  const channels = /^rgb\(([^)]*)\)$/.exec(colour)?.[1].split(",").map(Number);
  if (channels) return `#${channels.map((channel) => Math.round(channel).toString(16).padStart(2, "0")).join("")}`;
  const hsl = /^hsl\(([\d.]+),\s*([\d.]+)%,\s*([\d.]+)%\)$/.exec(colour)?.slice(1).map(Number);
  if (hsl) return hslToHex(hsl[0], hsl[1] / 100, hsl[2] / 100);
  return colour;
}

function write(document: PDFKit.PDFDocument, element: Element, style: Style): void {
  const { attributes, children, text } = element;
  const size = Number.parseFloat(attributes["font-size"] ?? "11");
  document.font(weightOf(attributes["font-weight"])).fontSize(size);
  document.fillColor(hexOf(style.fill ?? "#000000"), Number(style.opacity) * Number(attributes["fill-opacity"] ?? 1));
  const lines =
    children.length > 0
      ? children.map((line) => ({ text: line.text, dy: Number(line.attributes.dy ?? 0) }))
      : [{ text, dy: 0 }];
  const share = { start: 0, middle: 0.5, end: 1 }[attributes["text-anchor"] ?? "start"] ?? 0;
  let y = 0;
  for (const line of lines) {
    y += line.dy;
    const x = -share * document.widthOfString(line.text);
    document.text(line.text, x, y, { lineBreak: false, baseline: "alphabetic" });
  }
}

function place(document: PDFKit.PDFDocument, attributes: Style): void {
  const address = attributes["xlink:href"] ?? attributes.href ?? "";
  const bytes = Buffer.from(address.slice(address.indexOf(",") + 1), "base64");
  const [x, y, width, height] = ["x", "y", "width", "height"].map((key) => Number(attributes[key] ?? 0));
  document.image(bytes, x, y, attributes.preserveAspectRatio === "none" ? { width, height } : { fit: [width, height] });
}
