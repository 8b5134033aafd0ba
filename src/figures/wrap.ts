/** The number of characters of a text. */
const characters = (text: string) => [...text].length;

/**
 * Text in lines of at most `length`, broken at spaces, or inside a word that is longer than a line. `lengthOf` measures
 * a text, in characters by default; the length of a text is the sum of the lengths of its characters.
 */
export function wrap(text: string, length: number, lengthOf: (text: string) => number = characters): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line && lengthOf(`${line} ${word}`) <= length) {
      line += ` ${word}`;
      continue;
    }
    if (line) lines.push(line);
    const pieces = lengthOf(word) <= length ? [word] : broken(word, length, lengthOf);
    lines.push(...pieces.slice(0, -1));
    line = pieces[pieces.length - 1];
  }
  lines.push(line);
  return lines;
}

/** A word in pieces of at most `length`, and of at least one character. */
function broken(word: string, length: number, lengthOf: (text: string) => number): string[] {
  const pieces: string[] = [];
  let [piece, used] = ["", 0];
  for (const character of word) {
    const own = lengthOf(character);
    if (piece && used + own > length) {
      pieces.push(piece);
      [piece, used] = ["", 0];
    }
    piece += character;
    used += own;
  }
  return [...pieces, piece];
}

/** The first lines, at most `most`. The last one ends in dots where more would follow, and is at most `length` long. */
export function firstLines(
  lines: readonly string[],
  most: number,
  length: number,
  lengthOf: (text: string) => number,
): string[] {
  if (lines.length <= most) return [...lines];
  const last = [...lines[most - 1]];
  while (last.length > 0 && lengthOf(`${last.join("")}…`) > length) last.pop();
  return [...lines.slice(0, most - 1), `${last.join("").trimEnd()}…`];
}
