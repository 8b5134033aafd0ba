/**
 * How far each character of a TrueType font moves the pen, in em. The font's tables `cmap` (format 12) and `hmtx` say
 * it (ISO/IEC 14496-22). Kerning is not counted: figures are drawn without it, so that all viewers agree on the width.
 *
 * @returns a function from a code point to its advance; undefined for a character that the font lacks.
 */
export function fontAdvances(file: Uint8Array): (codePoint: number) => number | undefined {
  const bytes = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const unitsPerEm = bytes.getUint16(tableAt(bytes, "head") + 18);
  const longMetrics = bytes.getUint16(tableAt(bytes, "hhea") + 34);
  const metrics = tableAt(bytes, "hmtx");
  const groups = characterGroups(bytes, tableAt(bytes, "cmap"));
  return (codePoint) => {
    const group = groups.find(([first, last]) => codePoint >= first && codePoint <= last);
    if (group === undefined) return undefined;
    const glyph = group[2] + codePoint - group[0];
    return bytes.getUint16(metrics + 4 * Math.min(glyph, longMetrics - 1)) / unitsPerEm;
  };
}

function tableAt(bytes: DataView, name: string): number {
  const count = bytes.getUint16(4);
  for (let k = 0; k < count; k++) {
    const entry = 12 + 16 * k;
    if (tag(bytes, entry) === name) return bytes.getUint32(entry + 8);
  }
  throw new Error(`the font has no table "${name}"`);
}

function tag(bytes: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((k) => bytes.getUint8(at + k)));
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
