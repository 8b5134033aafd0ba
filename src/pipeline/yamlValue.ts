/**
 * YAML as plain data, from files that may be broken or hostile. Content that would take too long, or silently change
 * its meaning, is refused.
 */

import { shown } from "../text/words.js";
import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type LineCounter,
  type Node,
  type Pair,
  Parser,
  type Scalar,
} from "./yaml.js";

/** Lexemes. The parser takes about 4 µs and 1 kB for each. */
const MOST_LEXEMES = 150_000;
const MOST_ALIASES = 1_000;
/** Values after aliases are written out. */
const MOST_VALUES = 200_000;
const DEEPEST = 64;

/** What would do, for faults of indentation: the parser sees them at a line beside the one to change. */
const remedies: Partial<Record<string, string>> = {
  BAD_INDENT: "; the key that this line belongs to, such as with:, is missing above it, or its indentation is wrong",
  BLOCK_AS_IMPLICIT_KEY: '; the next line is indented too far, or this text needs quotes, because it contains ": "',
  TAB_AS_INDENT: "; use spaces",
};

/** A text is not YAML that is read here; `range` is [start, end) in it. */
export class YamlFault extends Error {
  constructor(
    message: string,
    readonly range: readonly [number, number],
  ) {
    super(message);
  }
}

/** The document and its value. Keys are texts, and unique in a mapping. Throws YamlFault. */
export function readYaml(source: string, lineCounter?: LineCounter): { document: Document.Parsed; value: unknown } {
  const lexemes = readableLexemes(source);
  lineCounter?.addNewLine(0);
  const parser = new Parser(lineCounter?.addNewLine);
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false, logLevel: "error" });
  const tokens = (function* () {
    for (const lexeme of lexemes) yield* parser.next(lexeme);
    yield* parser.end();
  })();
  const [document, another] = composer.compose(tokens, true, source.length) as Iterable<Document.Parsed>;
  // The parser continues after a fault; later faults are mostly consequences.
  if (document.directives?.yaml.explicit && document.directives.yaml.version === "1.1") {
    // In YAML 1.1 `y` is true and 012 is ten, so names and numbers would silently change.
    const start = source.search(/^%YAML/m);
    throw new YamlFault("%YAML 1.1: YAML 1.2 is read here; leave the line out", [start, start + 9]);
  }
  const [fault] = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  if (fault) throw new YamlFault(fault.message + (remedies[fault.code] ?? ""), fault.pos);
  if (another) throw new YamlFault("a second document; expected one", [another.range[0], another.range[0] + 1]);
  return { document, value: read(document.contents, { source, anchors: new Map(), open: [] }).value };
}

/** The parser is recursive and slow at deep nesting, so the lexemes bound both before it begins. */
function readableLexemes(source: string): string[] {
  const control = source.search(/[^\P{Cc}\t\n\r]/u);
  if (control >= 0) {
    const code = source.charCodeAt(control).toString(16).toUpperCase().padStart(4, "0");
    const advice = code === "0000" ? "save it as UTF-8" : "write it as \\u" + code;
    throw new YamlFault(`the control character U+${code}; ${advice}`, [control, control + 1]);
  }
  const lexemes: string[] = [];
  let [offset, aliases, brackets, marks, start] = [0, 0, 0, 0, true];
  const indents: number[] = [];
  const refuse = (message: string, length = 1) => {
    throw new YamlFault(message, [offset, offset + length]);
  };
  let isText = false;
  for (const lexeme of new Lexer().lex(source)) {
    if (lexemes.push(lexeme) > MOST_LEXEMES)
      refuse(`more than ${MOST_LEXEMES} words and marks; expected a smaller file`);
    // Marks of the lexer that are not in the text: of a document, of a faulty end, of a following text.
    if (lexeme === "\u0002" || lexeme === "\u0018") continue;
    if (lexeme === "\u001f") {
      isText = true;
      continue;
    }
    const isSpace = /^[ \t]+$/.test(lexeme);
    const isBreak = /^\r?\n/.test(lexeme);
    if (start && !isBreak && brackets === 0) {
      const indent = isSpace ? lexeme.length : 0;
      while (indents.length > 0 && (indents.at(-1) as number) >= indent) indents.pop();
      indents.push(indent);
      marks = 0;
    }
    start = isBreak;
    if (!isText) {
      if (lexeme === "[" || lexeme === "{") brackets++;
      if (lexeme === "]" || lexeme === "}") brackets = Math.max(0, brackets - 1);
      if (brackets === 0 && (lexeme === "-" || lexeme === "?" || lexeme === ":")) marks++;
      if (lexeme[0] === "*" && ++aliases > MOST_ALIASES) refuse(`more than ${MOST_ALIASES} aliases`, lexeme.length);
      if (indents.length + brackets + marks > DEEPEST + 2) refuse(tooDeep);
    }
    isText = false;
    offset += lexeme.length;
  }
  return lexemes;
}

const tooDeep = `nested more than ${DEEPEST} deep`;

interface Reading {
  source: string;
  anchors: Map<string, Found>;
  /** Anchors of the values that are being read. */
  open: string[];
}

interface Found {
  value: unknown;
  /** The number of values in it, including itself, and their depth. */
  size: number;
  depth: number;
}

function read(node: unknown, reading: Reading): Found {
  if (isAlias(node)) {
    const range = rangeOf(node);
    if (reading.open.includes(node.source)) throw new YamlFault(`*${node.source} is inside what it stands for`, range);
    const found = reading.anchors.get(node.source);
    if (found === undefined) throw new YamlFault(`*${node.source} stands for nothing before it`, range);
    return found;
  }
  if (!isMap(node) && !isSeq(node) && !isScalar(node)) return { value: null, size: 1, depth: 0 };
  if (node.tag !== undefined && !/^(!|tag:yaml\.org,2002:(map|seq|str|int|float|bool|null))$/.test(node.tag)) {
    throw new YamlFault(`the tag ${shown(node.tag)}; expected plain values`, rangeOf(node));
  }
  const { anchor } = node;
  if (anchor) reading.open.push(anchor);
  const found = isScalar(node) ? scalarOf(node) : isSeq(node) ? listOf(node.items, reading) : mappingOf(node, reading);
  if (anchor) {
    reading.open.pop();
    reading.anchors.set(anchor, found);
  }
  if (found.depth > DEEPEST) throw new YamlFault(tooDeep, rangeOf(node));
  if (found.size > MOST_VALUES) {
    throw new YamlFault(`more than ${MOST_VALUES} values when its aliases are written out`, rangeOf(node));
  }
  return found;
}

/** Integers that JavaScript would round are refused, because two seeds should not silently become one. */
function scalarOf(node: Scalar): Found {
  const { value, source = "" } = node;
  if (typeof value === "number" && /^[-+]?\d+$/.test(source) && !Number.isSafeInteger(value)) {
    const message = `the whole number ${shown(source)} is beyond ±${Number.MAX_SAFE_INTEGER}; expected a smaller one, or text in quotes`;
    throw new YamlFault(message, rangeOf(node));
  }
  return { value, size: 1, depth: 0 };
}

function listOf(items: readonly unknown[], reading: Reading): Found {
  const found = items.map((item) => read(item, reading));
  return { value: found.map(({ value }) => value), ...extentOf(found) };
}

function mappingOf(node: { items: Pair<unknown, unknown>[] }, reading: Reading): Found {
  const values = new Map<string, Found>();
  for (const { key, value } of node.items) {
    const named = isAlias(key) ? read(key, reading).value : isScalar(key) ? key.value : key;
    const at = rangeOf((key ?? node) as Node);
    if (named === null || typeof named === "object") throw new YamlFault("a key that is not text", at);
    const name = String(named);
    if (values.has(name)) throw new YamlFault(`Map keys must be unique, and ${shown(name)} is there twice`, at);
    if (name === "<<") throw new YamlFault('"<<": entries are not merged; write them out', at);
    if (isScalar(key) && key.anchor) reading.anchors.set(key.anchor, scalarOf(key));
    values.set(name, read(value, reading));
  }
  // An own property for any name: fromEntries defines even __proto__.
  const value = Object.fromEntries([...values].map(([name, found]) => [name, found.value]));
  return { value, ...extentOf([...values.values()]) };
}

function extentOf(items: readonly Found[]): { size: number; depth: number } {
  return {
    size: items.reduce((sum, { size }) => sum + size, 1),
    depth: 1 + items.reduce((deepest, { depth }) => Math.max(deepest, depth), 0),
  };
}

function rangeOf(node: Node): [number, number] {
  return node.range ? [node.range[0], node.range[1]] : [0, 1];
}
