import ts from "typescript";

/** The widest line of a comment, in characters. */
export const WIDTH = 120;

/**
 * Wraps a source so that no comment line has more than 120 characters. Only paragraphs with a longer line change. Items
 * of lists, tags and indented lines begin paragraphs of their own. Comments after code stay in place.
 */
export function wrapComments(source: string): string {
  let text = source;
  for (const { pos, end } of commentsOf(source).reverse()) {
    const lineStart = source.lastIndexOf("\n", pos - 1) + 1;
    const indent = source.slice(lineStart, pos);
    const comment = source.slice(pos, end);
    if (indent.trim() !== "" || !`${indent}${comment}`.split("\n").some((line) => line.length > WIDTH)) continue;
    const wrapped = comment.startsWith("//") ? wrapLines(comment, indent) : wrapBlock(comment, indent);
    text = text.slice(0, pos) + wrapped + text.slice(end);
  }
  return text;
}

/** The comments of a source in order. Consecutive line comments count as one. */
function commentsOf(source: string): { pos: number; end: number }[] {
  const ranges = new Map<number, number>();
  const visit = (node: ts.Node) => {
    for (const { pos, end } of ts.getLeadingCommentRanges(source, node.getFullStart()) ?? []) ranges.set(pos, end);
    for (const child of node.getChildren()) visit(child);
  };
  visit(ts.createSourceFile("source.ts", source, ts.ScriptTarget.Latest, true));
  const merged: { pos: number; end: number }[] = [];
  for (const [pos, end] of [...ranges].sort(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    const isLine = source.startsWith("//", pos);
    if (last && isLine && source.startsWith("//", last.pos) && /^\n *$/.test(source.slice(last.end, pos))) {
      last.end = end;
    } else merged.push({ pos, end });
  }
  return merged;
}

function wrapLines(comment: string, indent: string): string {
  const lines = comment.split("\n").map((line) => line.trim().replace(/^\/\/ ?/, ""));
  return wrapped(lines, WIDTH - indent.length - 3)
    .map((line) => `// ${line}`.trimEnd())
    .join(`\n${indent}`);
}

function wrapBlock(comment: string, indent: string): string {
  const opening = comment.startsWith("/**") ? "/**" : "/*";
  const lines = comment
    .slice(opening.length, -2)
    .split("\n")
    .map((line) => line.trim().replace(/^\*( |$)/, ""));
  while (lines[0]?.trim() === "") lines.shift();
  while (lines.at(-1)?.trim() === "") lines.pop();
  const body = wrapped(lines, WIDTH - indent.length - 3).map((line) => `${indent} * ${line}`.trimEnd());
  return [opening, ...body, `${indent} */`].join("\n");
}

/** Lines that begin a paragraph, in addition to those after an empty line: an item of a list, a tag. */
const beginning = /^(- |\d+\. |@\w+)/;

/** Wraps lines to a width. A paragraph that fits does not change. */
function wrapped(lines: readonly string[], width: number): string[] {
  const paragraphs: string[][] = [];
  for (const [i, line] of lines.entries()) {
    const isNew = i === 0 || line === "" || lines[i - 1] === "" || beginning.test(line) || /^ {4}/.test(line);
    if (isNew) paragraphs.push([line]);
    else paragraphs[paragraphs.length - 1].push(line);
  }
  return paragraphs.flatMap((paragraph) =>
    paragraph.some((line) => line.length > width) ? filled(paragraph, width) : paragraph,
  );
}

function filled(paragraph: readonly string[], width: number): string[] {
  const hanging = /^- /.test(paragraph[0]) ? "  " : "";
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.join(" ").split(/ +/).filter(Boolean)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = hanging + word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
