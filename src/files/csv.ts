/**
 * Tables of numbers as text: comma-separated values after RFC 4180, and the variants of NumPy, MATLAB and spreadsheets.
 */

export interface CsvTable {
  /** The column names, if the file starts with a line of names. */
  names?: string[];
  rows: number;
  /** The number of columns. */
  width: number;
  /** The line of the file that holds a row, from 1. */
  lineOf(row: number): number;
  /** The numbers of column `index`, from 0. Throws an Error with line and column when a cell is not a number. */
  column(index: number): Float64Array;
  /** The cells of column `index`, from 0, as they are written, without quotes. */
  texts(index: number): string[];
}

interface Line {
  cells: string[];
  line: number;
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const SPECIAL: Record<string, number> = { nan: NaN, inf: Infinity, infinity: Infinity };

/**
 * Reads a table of numbers. `name` begins each message. The separator is a semicolon, a tab or a comma, in this order
 * of preference, if the first line has one, otherwise spaces. Cells may be quoted. Empty lines and lines that begin
 * with # are skipped. The first line holds the column names when one of its cells is not a number. A comment right
 * before the numbers holds them when it has one word per column. Numbers are decimal; nan and ±inf are numbers.
 *
 * Throws Error for bytes that are not UTF-8, for a file without numbers and for lines of different lengths.
 */
export function readCsv(bytes: Uint8Array, name: string): CsvTable {
  const text = decode(bytes, name);
  const values: number[] = [];
  const lines: number[] = [];
  const faults = new Map<number, string>();
  let names: string[] | undefined;
  let comment: string | undefined;
  let first: Line | undefined;
  const separator = separatorOf(text);
  for (const line of linesOf(text, separator, name)) {
    if (typeof line === "string") {
      if (first === undefined) comment = line;
      continue;
    }
    const { cells } = line;
    if (first === undefined) {
      first = line;
      if (cells.some((cell) => toNumber(cell) === undefined)) {
        names = cells;
        continue;
      }
      names = namesIn(comment, separator, cells.length);
    }
    if (cells.length !== first.cells.length) {
      throw new Error(
        `${name}:${line.line} has ${cells.length} cells; expected ${first.cells.length}, like line ${first.line}`,
      );
    }
    cells.forEach((cell, c) => {
      const value = toNumber(cell);
      if (value === undefined && !faults.has(c)) faults.set(c, faultOf(name, line.line, c, names, cell));
      values.push(value ?? NaN);
    });
    lines.push(line.line);
  }
  if (first === undefined || lines.length === 0) throw new Error(`${name} holds no numbers`);
  const width = first.cells.length;
  return {
    names,
    rows: lines.length,
    width,
    lineOf: (row) => lines[row],
    column(index) {
      const fault = faults.get(index);
      if (fault !== undefined) throw new Error(fault);
      return Float64Array.from(lines, (_, row) => values[row * width + index]);
    },
    texts(index) {
      const cells = [...linesOf(text, separator, name)].flatMap((line) =>
        typeof line === "string" ? [] : line.cells[index],
      );
      return cells.slice(cells.length - lines.length); // without a line of names
    },
  };
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`${name} is not UTF-8 text; save it as UTF-8`);
  }
}

/** ";", "\t" or ",", or " " for any run of white space. */
function separatorOf(text: string): string {
  const [line = ""] = text.match(/^[ \t]*[^#\s].*$/m) ?? [];
  const bare = line.trim().replace(/"[^"]*"/g, "");
  return [";", "\t", ","].find((candidate) => bare.includes(candidate)) ?? " ";
}

/** The lines that are not empty: their cells, or the text of a comment. A quoted cell may contain line breaks. */
function* linesOf(text: string, separator: string, name: string): Generator<Line | string> {
  let line = 0;
  for (let start = 0; start < text.length; ) {
    line++;
    const end = text.indexOf("\n", start);
    const raw = text.slice(start, end < 0 ? text.length : end);
    start = end < 0 ? text.length : end + 1;
    const trimmed = raw.trim();
    if (trimmed === "") continue;
    if (trimmed.startsWith("#")) {
      yield trimmed;
      continue;
    }
    if (!raw.includes('"')) {
      yield { cells: split(raw, separator), line };
      continue;
    }
    const firstLine = line;
    const begin = start - raw.length - (end < 0 ? 0 : 1);
    const stop = endOfQuoted(text, begin, `${name}:${firstLine}`);
    const whole = text.slice(begin, stop);
    for (let at = whole.indexOf("\n"); at >= 0; at = whole.indexOf("\n", at + 1)) line++;
    start = stop + 1;
    yield { cells: splitQuoted(whole, separator), line: firstLine };
  }
}

/** The end of a line that begins at `begin` and has quotes: the first line break outside of quotes. */
function endOfQuoted(text: string, begin: number, place: string): number {
  for (let at = begin; ; ) {
    const quote = text.indexOf('"', at);
    const end = text.indexOf("\n", at);
    const stop = end < 0 ? text.length : end;
    if (quote < 0 || quote > stop) return stop;
    const close = text.indexOf('"', quote + 1);
    if (close < 0) throw new Error(`${place}:${quote - begin + 1} has a quote without an end`);
    at = close + 1;
  }
}

function split(line: string, separator: string): string[] {
  if (separator === " ") return line.trim().split(/\s+/);
  return line.split(separator).map((cell) => cell.trim());
}

/** Splits a line with quoted cells. Two quotes inside a quoted cell stand for one. */
function splitQuoted(line: string, separator: string): string[] {
  const text = line.trim();
  const separates = (character: string) => (separator === " " ? /\s/.test(character) : character === separator);
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"' && quoted && text[i + 1] === '"') cell += text[i++];
    else if (text[i] === '"') quoted = !quoted;
    else if (quoted || !separates(text[i])) cell += text[i];
    else {
      cells.push(cell.trim());
      cell = "";
      while (separator === " " && separates(text[i + 1] ?? "")) i++;
    }
  }
  return [...cells, cell.trim()];
}

function toNumber(cell: string): number | undefined {
  if (NUMBER.test(cell)) return Number(cell);
  const [, sign, word] = cell.match(/^([+-]?)([a-z]+)$/i) ?? [];
  if (word === undefined || !Object.hasOwn(SPECIAL, word.toLowerCase())) return undefined;
  return SPECIAL[word.toLowerCase()] * (sign === "-" ? -1 : 1);
}

/** The words of a comment as column names, if there is one per column and none is a number. */
function namesIn(comment: string | undefined, separator: string, width: number): string[] | undefined {
  const words = split((comment ?? "").replace(/^#+/, ""), separator);
  const fits = words.length === width && words.every((word) => word !== "" && toNumber(word) === undefined);
  return fits ? words : undefined;
}

function faultOf(name: string, line: number, c: number, names: string[] | undefined, cell: string): string {
  const column = names ? `column ${c + 1} ("${names[c]}")` : `column ${c + 1}`;
  const found = cell === "" ? "is empty" : `is ${JSON.stringify(cell.slice(0, 40))}`;
  const hint = /^[+-]?\d+,\d+$/.test(cell) ? " with a decimal point" : "";
  return `${name}:${line} ${column} ${found}; expected a number${hint}`;
}
