/**
 * A TrueType font reduced to some of its characters (ISO/IEC 14496-22): their glyphs and components, without hinting,
 * kerning and layout. Characters that the font lacks are left out.
 */
export function fontSubset(file: Uint8Array, text: string): Uint8Array {
  const font = opened(file);
  const characters = [...new Set(text)].map((character) => character.codePointAt(0)!).sort((a, b) => a - b);
  const glyphOf = glyphFinder(font);
  const mapped = characters.flatMap((code) => {
    const glyph = glyphOf(code);
    return glyph === undefined ? [] : [[code, glyph] as const];
  });
  const glyphs = withComponents(font, [0, ...mapped.map(([, glyph]) => glyph)]);
  const place = new Map(glyphs.map((glyph, k) => [glyph, k]));
  const outlines = glyphs.map((glyph) => outlineOf(font, glyph, place));
  const tables: Record<string, Uint8Array> = {
    "OS/2": copyOf(font, "OS/2"),
    cmap: characterMap(mapped.map(([code, glyph]) => [code, place.get(glyph)!])),
    glyf: concat(outlines),
    head: changed(copyOf(font, "head"), (head) => {
      head.setUint32(8, 0); // the checksum of the whole, which readers ignore
      head.setInt16(50, 1); // loca in four bytes each
    }),
    hhea: changed(copyOf(font, "hhea"), (hhea) => hhea.setUint16(34, glyphs.length)),
    hmtx: metrics(font, glyphs),
    loca: locations(outlines),
    maxp: changed(copyOf(font, "maxp"), (maxp) => maxp.setUint16(4, glyphs.length)),
    name: names(font),
    post: changed(copyOf(font, "post").slice(0, 32), (post) => post.setUint32(0, 0x00030000)),
  };
  return assembled(tables);
}

interface Font {
  bytes: DataView;
  at: (table: string) => number;
  lengthOf: (table: string) => number;
}

/** The tables of a TrueType file by name. */
export function opened(file: Uint8Array): Font {
  const bytes = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const entries = new Map<string, number>();
  for (let k = 0; k < bytes.getUint16(4); k++) entries.set(tag(bytes, 12 + 16 * k), 12 + 16 * k);
  const entry = (table: string) => {
    const found = entries.get(table);
    if (found === undefined) throw new Error(`the font has no table "${table}"`);
    return found;
  };
  return {
    bytes,
    at: (table) => bytes.getUint32(entry(table) + 8),
    lengthOf: (table) => bytes.getUint32(entry(table) + 12),
  };
}

function tag(bytes: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((k) => bytes.getUint8(at + k)));
}

/** From a code point to its glyph; undefined for a character that the font lacks. */
export function glyphFinder(font: Font): (codePoint: number) => number | undefined {
  const groups = characterGroups(font.bytes, font.at("cmap"));
  return (codePoint) => {
    const group = groups.find(([first, last]) => codePoint >= first && codePoint <= last);
    return group && group[2] + codePoint - group[0];
  };
}

/** Runs of characters with consecutive glyphs: first character, last character, glyph of the first. */
function characterGroups(bytes: DataView, cmap: number): [number, number, number][] {
  const count = bytes.getUint16(cmap + 2);
  for (let k = 0; k < count; k++) {
    const subtable = cmap + bytes.getUint32(cmap + 4 + 8 * k + 4);
    if (bytes.getUint16(subtable) !== 12) continue;
    return Array.from({ length: bytes.getUint32(subtable + 12) }, (_, group): [number, number, number] => {
      const at = subtable + 16 + 12 * group;
      return [bytes.getUint32(at), bytes.getUint32(at + 4), bytes.getUint32(at + 8)];
    });
  }
  throw new Error("the font has no character map of format 12");
}

/** The advance of a glyph, in units of the font, and its bytes in `hmtx`. */
export function metricAt({ bytes, at }: Font, glyph: number): { advance: number; bearing: number } {
  const count = bytes.getUint16(at("hhea") + 34);
  const long = at("hmtx") + 4 * Math.min(glyph, count - 1);
  const bearing = glyph < count ? long + 2 : at("hmtx") + 4 * count + 2 * (glyph - count);
  return { advance: bytes.getUint16(long), bearing: bytes.getInt16(bearing) };
}

function glyphData({ bytes, at }: Font, glyph: number): DataView {
  const isLong = bytes.getInt16(at("head") + 50) === 1;
  const offset = (k: number) =>
    isLong ? bytes.getUint32(at("loca") + 4 * k) : 2 * bytes.getUint16(at("loca") + 2 * k);
  const start = at("glyf") + offset(glyph);
  return new DataView(bytes.buffer, bytes.byteOffset + start, offset(glyph + 1) - offset(glyph));
}

const moreComponents = 0x20;
const hasInstructions = 0x100;

/** The positions of a composite glyph's components in its data, and their end; empty for a simple glyph. */
function componentsOf(glyph: DataView): { places: number[]; end: number } {
  const places: number[] = [];
  if (glyph.byteLength === 0 || glyph.getInt16(0) >= 0) return { places, end: glyph.byteLength };
  let at = 10;
  for (let flags = moreComponents; flags & moreComponents; ) {
    flags = glyph.getUint16(at);
    places.push(at);
    const scale = flags & 0x8 ? 2 : flags & 0x40 ? 4 : flags & 0x80 ? 8 : 0;
    at += 4 + (flags & 1 ? 4 : 2) + scale;
  }
  return { places, end: at };
}

/** Glyphs and all their components, in order. */
function withComponents(font: Font, glyphs: readonly number[]): number[] {
  const all = new Set(glyphs);
  for (const glyph of all) {
    const data = glyphData(font, glyph);
    for (const at of componentsOf(data).places) all.add(data.getUint16(at + 2));
  }
  return [...all].sort((a, b) => a - b);
}

/** The outline of a glyph without its instructions, with the new numbers of its components, padded to whole words. */
function outlineOf(font: Font, glyph: number, place: ReadonlyMap<number, number>): Uint8Array {
  const data = glyphData(font, glyph);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data.byteLength === 0) return bytes;
  const contours = data.getInt16(0);
  if (contours >= 0) {
    const length = 10 + 2 * contours;
    return padded(
      concat([bytes.slice(0, length), new Uint8Array(2), bytes.slice(length + 2 + data.getUint16(length))]),
    );
  }
  const { places, end } = componentsOf(data);
  return padded(
    changed(bytes.slice(0, end), (view) => {
      for (const at of places) {
        view.setUint16(at, view.getUint16(at) & ~hasInstructions);
        view.setUint16(at + 2, place.get(view.getUint16(at + 2))!);
      }
    }),
  );
}

function characterMap(mapped: readonly (readonly [number, number])[]): Uint8Array {
  const map = new DataView(new ArrayBuffer(28 + 12 * mapped.length));
  map.setUint16(2, 1);
  map.setUint16(4, 3); // Windows, all of Unicode
  map.setUint16(6, 10);
  map.setUint32(8, 12);
  map.setUint16(12, 12);
  map.setUint32(16, 16 + 12 * mapped.length);
  map.setUint32(24, mapped.length);
  mapped.forEach(([code, glyph], k) => {
    [code, code, glyph].forEach((value, i) => {
      map.setUint32(28 + 12 * k + 4 * i, value);
    });
  });
  return new Uint8Array(map.buffer);
}

function metrics(font: Font, glyphs: readonly number[]): Uint8Array {
  const table = new DataView(new ArrayBuffer(4 * glyphs.length));
  glyphs.forEach((glyph, k) => {
    const { advance, bearing } = metricAt(font, glyph);
    table.setUint16(4 * k, advance);
    table.setInt16(4 * k + 2, bearing);
  });
  return new Uint8Array(table.buffer);
}

function locations(outlines: readonly Uint8Array[]): Uint8Array {
  const table = new DataView(new ArrayBuffer(4 * outlines.length + 4));
  let at = 0;
  outlines.forEach(({ length }, k) => {
    at += length;
    table.setUint32(4 * k + 4, at);
  });
  return new Uint8Array(table.buffer);
}

/** The names of the font and its makers, in English. */
function names({ bytes, at }: Font): Uint8Array {
  const from = at("name");
  const texts = from + bytes.getUint16(from + 4);
  const records = Array.from({ length: bytes.getUint16(from + 2) }, (_, k) => {
    const field = (i: number) => bytes.getUint16(from + 6 + 12 * k + 2 * i);
    return { head: [0, 1, 2, 3].map(field), length: field(4), start: texts + field(5) };
  }).filter(({ head }) => head[0] === 3 && head[2] === 0x409 && [0, 1, 2, 4, 6].includes(head[3]));
  const table = new DataView(new ArrayBuffer(6 + 12 * records.length));
  table.setUint16(2, records.length);
  table.setUint16(4, table.byteLength);
  let offset = 0;
  records.forEach(({ head, length }, k) => {
    [...head, length, offset].forEach((value, i) => {
      table.setUint16(6 + 12 * k + 2 * i, value);
    });
    offset += length;
  });
  const words = records.map(({ start, length }) => new Uint8Array(bytes.buffer, bytes.byteOffset + start, length));
  return concat([new Uint8Array(table.buffer), ...words]);
}

function copyOf({ bytes, at, lengthOf }: Font, table: string): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + at(table), lengthOf(table)).slice();
}

function changed(bytes: Uint8Array, change: (view: DataView) => void): Uint8Array {
  change(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return bytes;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const padded = (bytes: Uint8Array) => concat([bytes, new Uint8Array((4 - (bytes.length % 4)) % 4)]);

/** The tables, which are sorted by name, as a file. */
function assembled(tables: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const entries = Object.entries(tables);
  const header = new DataView(new ArrayBuffer(12 + 16 * entries.length));
  const power = 2 ** Math.floor(Math.log2(entries.length));
  header.setUint32(0, 0x00010000);
  [entries.length, 16 * power, Math.log2(power), 16 * (entries.length - power)].forEach((value, k) => {
    header.setUint16(4 + 2 * k, value);
  });
  let at = header.byteLength;
  entries.forEach(([name, table], k) => {
    const entry = 12 + 16 * k;
    [...name.padEnd(4)].forEach((letter, i) => {
      header.setUint8(entry + i, letter.charCodeAt(0));
    });
    header.setUint32(entry + 4, checksum(table));
    header.setUint32(entry + 8, at);
    header.setUint32(entry + 12, table.length);
    at += padded(table).length;
  });
  return concat([new Uint8Array(header.buffer), ...entries.map(([, table]) => padded(table))]);
}

function checksum(table: Uint8Array): number {
  const words = padded(table);
  const view = new DataView(words.buffer);
  let sum = 0;
  for (let at = 0; at < words.length; at += 4) sum = (sum + view.getUint32(at)) >>> 0;
  return sum;
}
