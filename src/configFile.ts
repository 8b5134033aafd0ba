/** A YAML file whose values know their place, so that each error can point at what it is about. */
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";

export type Path = (string | number)[];

/** Lines and columns count from 1; `length` characters are meant. */
interface Location {
  line: number;
  column: number;
  length: number;
  /** The file, where it is not the one that the error is about. */
  in?: { file: string; source: string };
}

export interface Problem {
  at: Location;
  message: string;
}

/** A bad pipeline file or command line: the program ends with exit code 2 and writes nothing. */
export class ConfigError extends Error {
  constructor(
    readonly file: string,
    readonly source: string,
    readonly problems: Problem[],
  ) {
    super(problems.map((problem) => formatProblem({ file, source, ...problem.at.in }, problem)).join("\n"));
    this.name = "ConfigError";
  }
}

export interface ConfigFile {
  file: string;
  source: string;
  /** The file as plain data. */
  value: unknown;
  /** The lines of the comment that the file begins with. */
  heading: string;
  /** Where a value is, or its key; for what is not in the file, the nearest thing around it. */
  locate(path: Path, part?: "key" | "value"): Location;
  /** The folder of the file that a value is written in. */
  folderOf(path: Path): string;
}

/** Reads and parses a YAML file. Throws ConfigError for a file that cannot be read or is not YAML. */
export function readConfigFile(file: string): ConfigFile {
  let source: string;
  try {
    source = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason =
      code === "ENOENT"
        ? "no such file; expected the path of a pipeline file"
        : code === "EISDIR"
          ? "is a folder; expected a pipeline file"
          : code === "ERR_ENCODING_INVALID_ENCODED_DATA"
            ? "is not UTF-8 text; save it as UTF-8"
            : message;
    throw new ConfigError(file, "", [{ at: { line: 1, column: 1, length: 0 }, message: reason }]);
  }
  const lines = new LineCounter();
  const at = (start: number, end: number): Location => {
    const { line, col } = lines.linePos(Math.min(start, source.length));
    const lineEnd = source.indexOf("\n", start);
    const length = Math.max(1, Math.min(end, lineEnd < 0 ? source.length : lineEnd) - start);
    return { line: Math.max(line, 1), column: Math.max(col, 1), length };
  };
  let document: Document.Parsed;
  let value: unknown;
  try {
    document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
    // The parser stumbles on after a fault; what it then finds is mostly of its own making.
    const [fault] = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
    if (fault) {
      const problem = { at: at(fault.pos[0], fault.pos[1]), message: `bad YAML: ${fault.message}` };
      throw new ConfigError(file, source, [problem]);
    }
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(file, source, [{ at: at(0, 1), message: `bad YAML: ${(error as Error).message}` }]);
  }
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

/** The range [start, end) in the text of what `path` leads to. */
function find(document: Document.Parsed, path: Path, part: "key" | "value"): [number, number] {
  let node: Node | null = document.contents;
  let range: [number, number] = node?.range ? [node.range[0], node.range[1]] : [0, 1];
  for (const [depth, name] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document) ?? null;
    const last = depth === path.length - 1;
    if (isMap(node)) {
      const pair: Pair<unknown, unknown> | undefined = node.items.find(
        ({ key }) => (isScalar(key) ? String(key.value) : String(key)) === String(name),
      );
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

function headingOf(source: string): string {
  const lines: string[] = [];
  for (const line of source.split(/\r?\n/)) {
    if (!line.startsWith("#")) break;
    if (!line.includes("yaml-language-server")) lines.push(line.replace(/^#\s?/, ""));
  }
  return lines.join(" ").trim();
}

/** `file:line:column message`, then the line with the place underlined. */
function formatProblem({ file, source }: { file: string; source: string }, { at, message }: Problem): string {
  const first = `${file}:${at.line}:${at.column} ${message}`;
  const line = source.split(/\r?\n/)[at.line - 1];
  if (line === undefined || at.length === 0) return first;
  // A long line is cut around the place.
  const from = Math.max(0, Math.min(at.column - 41, line.length - 120));
  const shown = `${from > 0 ? "…" : ""}${line.slice(from, from + 120)}${line.length > from + 120 ? "…" : ""}`;
  const indent = at.column - 1 - from + (from > 0 ? 1 : 0);
  const length = Math.max(1, Math.min(at.length, from + 120 - (at.column - 1)));
  const number = String(at.line);
  const padding = line
    .slice(from, at.column - 1)
    .replace(/[^\t]/g, " ")
    .padStart(indent, " ");
  return `${first}\n  ${number} | ${shown}\n  ${" ".repeat(number.length)} | ${padding}${"^".repeat(length)}`;
}
