/**
 * Reads the XML of data files: elements, attributes and text. Document types are not supported, so there are no custom
 * entities.
 */

export interface XmlElement {
  name: string;
  attributes: Map<string, string>;
  children: XmlElement[];
  /** All text directly inside the element. */
  text: string;
}

const TAG = /<(\/?)([^\s/>"'=<]+)((?:\s+[^\s/>"'=<]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const NAMED: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/**
 * The root element of an XML document. Throws an Error that begins with `name` and the line for XML that is not
 * well-formed.
 */
export function parseXml(source: string, name: string): XmlElement {
  const fail = (at: number, what: string): never => {
    throw new Error(`${name}:${source.slice(0, at).split("\n").length} is not well-formed XML: ${what}`);
  };
  const document: XmlElement = { name: "", attributes: new Map(), children: [], text: "" };
  const open = [document];
  for (let at = 0; at < source.length; ) {
    const inside = open[open.length - 1];
    const next = source.indexOf("<", at);
    const end = next < 0 ? source.length : next;
    if (end > at) inside.text += unescapeXml(source.slice(at, end));
    at = end;
    if (next < 0) break;
    const [opening, closing] = [
      ["<!--", "-->"],
      ["<?", "?>"],
      ["<![CDATA[", "]]>"],
    ].find(([start]) => source.startsWith(start, at)) ?? ["", ""];
    if (opening !== "") {
      const close = source.indexOf(closing, at + opening.length);
      if (close < 0) fail(at, `"${opening}" without its end`);
      if (opening === "<![CDATA[") inside.text += source.slice(at + opening.length, close);
      at = close + closing.length;
      continue;
    }
    TAG.lastIndex = at;
    const tag = TAG.exec(source);
    if (tag === null) return fail(at, `${JSON.stringify(source.slice(at, at + 30))} is not a tag`);
    const [whole, slash, tagName, attributes, empty] = tag;
    if (slash !== "") {
      if (inside.name !== tagName || open.length === 1) fail(at, `</${tagName}> ends <${inside.name}>`);
      open.pop();
    } else {
      const element: XmlElement = { name: tagName, attributes: attributesOf(attributes), children: [], text: "" };
      inside.children.push(element);
      if (empty === "") open.push(element);
    }
    at += whole.length;
  }
  if (open.length > 1) fail(source.length, `<${open[open.length - 1].name}> without its end`);
  if (document.children.length !== 1 || document.text.trim() !== "") fail(0, "expected one element around everything");
  return document.children[0];
}

function attributesOf(text: string): Map<string, string> {
  const pairs = [...text.matchAll(ATTRIBUTE)];
  return new Map(pairs.map(([, key, double, single]) => [key, unescapeXml(double ?? single)]));
}

function unescapeXml(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, named) => {
    if (named !== undefined) return Object.hasOwn(NAMED, named) ? NAMED[named] : whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
