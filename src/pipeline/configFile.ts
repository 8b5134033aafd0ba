/** A YAML file whose values know their positions, so that each error can point at its cause. */
import { closeSync, openSync, readSync } from "node:fs";
import { dirname } from "node:path";
import type { Fault, Path } from "../text/fault.js";
import { printable } from "../text/printable.js";
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  type YAMLMap,
} from "./yaml.js";
import { readYaml, YamlFault } from "./yamlValue.js";

/** Lines and columns are counted from 1. `length` is the number of characters to underline. */
interface Location {
  line: number;
  column: number;
  length: number;
  /** The file, if it differs from the file of the error. */
  in?: { file: string; source: string };
}

/** A fault with its position in a text. */
interface PlacedFault {
  at: Location;
  message: string;
}

/** The most faults in a message; nobody reads more. */
export const MOST_FAULTS = 50;
const LONGEST_MESSAGE = 1000;
const LARGEST_FILE = 1_000_000;

/** A bad pipeline file or command line. The program exits with code 2 and writes nothing. */
export class ConfigError extends Error {
  constructor(
    readonly file: string,
    readonly source: string,
    readonly faults: readonly PlacedFault[],
  ) {
    const told = faults.slice(0, MOST_FAULTS).map((fault) => formatFault({ file, source, ...fault.at.in }, fault));
    super([...told, ...(faults.length > MOST_FAULTS ? ["and more"] : [])].join("\n"));
    this.name = "ConfigError";
  }
}

/** Faults of a file, each with its position. */
export function configError(file: ConfigFile, faults: readonly Fault[]): ConfigError {
  return new ConfigError(
    file.file,
    file.source,
    faults.map(({ path, part, message }) => ({ at: file.locate(path, part), message })),
  );
}

/** A fault of a file as a whole, or of the command line's changes to it. */
export function fileError(file: string, message: string): ConfigError {
  return new ConfigError(file, "", [{ at: { line: 1, column: 1, length: 0 }, message }]);
}

export interface ConfigFile {
  file: string;
  source: string;
  /** The file as plain data. */
  value: unknown;
  /** The lines of the comment at the start of the file. */
  heading: string;
  /** The position of a value, or of its key. For a value that is not in the file, the nearest value around it. */
  locate(path: Path, part?: "key" | "value"): Location;
  /** The folder of the file that contains a value. */
  folderOf(path: Path): string;
}

/** Reads and parses a YAML file. Throws ConfigError for a file that cannot be read or is not YAML. */
export function readConfigFile(file: string): ConfigFile {
  let source: string;
  try {
    source = new TextDecoder("utf-8", { fatal: true }).decode(contentOf(file));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason =
      code === "ENOENT"
        ? "no such file; expected the path of a pipeline file (`cirque init` writes one)"
        : code === "EISDIR"
          ? "is a folder; expected a pipeline file"
          : code === "ERR_ENCODING_INVALID_ENCODED_DATA"
            ? "is not UTF-8 text; save it as UTF-8"
            : message;
    throw fileError(file, reason);
  }
  const lines = new LineCounter();
  const at = (start: number, end: number): Location => {
    const { line, col } = lines.linePos(Math.min(start, source.length));
    const lineEnd = source.indexOf("\n", start);
    const length = Math.max(1, Math.min(end, lineEnd < 0 ? source.length : lineEnd) - start);
    return { line: Math.max(line, 1), column: Math.max(col, 1), length };
  };
  const { document, value } = parsed(file, source, lines, at);
  return {
    file,
    source,
    value,
    heading: headingOf(source),
    locate(path, part = "value") {
      const found = find(document, path, part);
      return at(found[0], found[1]);
    },
    folderOf: () => dirname(file),
  };
}

/** The bytes of a file. Their number is bounded, so that an endless device is refused. */
function contentOf(file: string): Uint8Array {
  const bytes = new Uint8Array(LARGEST_FILE + 1);
  const descriptor = openSync(file, "r");
  try {
    let [length, read] = [0, 0];
    do {
      read = readSync(descriptor, bytes, length, bytes.length - length, null);
      length += read;
    } while (read > 0 && length < bytes.length);
    if (length > LARGEST_FILE) throw new Error(`is larger than ${LARGEST_FILE / 1e6} MB; expected a pipeline file`);
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

function parsed(file: string, source: string, lines: LineCounter, at: (start: number, end: number) => Location) {
  try {
    return readYaml(source, lines);
  } catch (error) {
    const [start, end] = error instanceof YamlFault ? error.range : [0, 1];
    // The parser counts lines as it goes, and may not have reached this one.
    lines.lineStarts = [...source.matchAll(/^|(?<=\n)/g)].map(({ index }) => index);
    throw new ConfigError(file, source, [{ at: at(start, end), message: `bad YAML: ${(error as Error).message}` }]);
  }
}

/** The range [start, end) in the text of the value at `path`. */
function find(document: Document.Parsed, path: Path, part: "key" | "value"): [number, number] {
  let node: Node | null = document.contents;
  let range: [number, number] = node?.range ? [node.range[0], node.range[1]] : [0, 1];
  for (const [depth, name] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document) ?? null;
    const last = depth === path.length - 1;
    if (isMap(node)) {
      const pair = pairsOf(node).get(String(name));
      if (pair === undefined) return range;
      const target = (last && part === "key" ? pair.key : (pair.value ?? pair.key)) as Node;
      if (target.range) range = [target.range[0], target.range[1]];
      node = pair.value as Node | null;
    } else if (isSeq(node) && typeof name === "number" && node.items[name] !== undefined) {
      node = node.items[name] as Node;
      if (node.range) range = [node.range[0], node.range[1]];
    } else {
      return range;
    }
  }
  return range;
}

const knownPairs = new WeakMap<YAMLMap, Map<string, Pair>>();

function pairsOf(map: YAMLMap): Map<string, Pair> {
  const found =
    knownPairs.get(map) ??
    new Map(map.items.map((pair) => [isScalar(pair.key) ? String(pair.key.value) : String(pair.key), pair]));
  knownPairs.set(map, found);
  return found;
}

function headingOf(source: string): string {
  const lines: string[] = [];
  for (const line of source.split(/\r?\n/)) {
    if (!line.startsWith("#")) break;
    if (!line.includes("yaml-language-server")) lines.push(line.replace(/^#\s?/, ""));
  }
  return lines.join(" ").trim();
}

/** `file:line:column message`, then the line with the place underlined. */
function formatFault({ file, source }: { file: string; source: string }, { at, message }: PlacedFault): string {
  const brief = message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
  const first = printable(`${file}:${at.line}:${at.column} ${brief}`);
  if (source === "" || at.length === 0) return first;
  const line = lineOf(source, at.line);
  // A long line is cut around the position.
  const from = Math.max(0, Math.min(at.column - 41, line.length - 120));
  const before = printable(line.slice(from, at.column - 1));
  const meant = printable(line.slice(at.column - 1, Math.min(at.column - 1 + at.length, from + 120)));
  const rest = printable(line.slice(at.column - 1 + at.length, from + 120));
  const shown = `${from > 0 ? "…" : ""}${before}${meant}${rest}${line.length > from + 120 ? "…" : ""}`;
  const padding = `${from > 0 ? " " : ""}${before.replace(/[^\t]/g, " ")}`;
  const number = String(at.line);
  const marks = "^".repeat(Math.max(1, meant.length));
  return `${first}\n  ${number} | ${shown}\n  ${" ".repeat(number.length)} | ${padding}${marks}`;
}

/** The line with this number; "" after the last. */
function lineOf(source: string, number: number): string {
  let start = 0;
  for (let n = 1; n < number; n++) {
    start = source.indexOf("\n", start) + 1;
    if (start === 0) return "";
  }
  const end = source.indexOf("\n", start);
  return source.slice(start, end < 0 ? undefined : end).replace(/\r$/, "");
}
