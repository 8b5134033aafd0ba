import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import ts from "typescript";

const LONGEST_FILE = 400;
const LONGEST_FUNCTION = 80;
const LONGEST_LINE = 120;

/** Functions that hold one algorithm with its state, and read best in one piece. */
const algorithms = [
  "src/landscape/lanczos.ts lanczos",
  "src/topology/bottleneck.ts coverFinder",
  "src/linalg/partialAssignment.ts partialAssignment",
];

const filesIn = (folders: readonly string[]) =>
  folders.flatMap((folder) =>
    (readdirSync(folder, { recursive: true }) as string[])
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
      .map((name) => join(folder, name)),
  );
const sources = filesIn(["src", "stages"]);
const linesOf = (file: string) => readFileSync(file, "utf8").trimEnd().split("\n");

/** The functions of a file that have more lines than the limit, as "file name". */
function longFunctions(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line;
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && "body" in node && node.body) {
      const lines = lineOf(node.end) - lineOf(node.getStart()) + 1;
      if (lines > LONGEST_FUNCTION)
        found.push(`${file} ${node.name?.getText() ?? `line ${lineOf(node.getStart()) + 1}`}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test(`no file has more than ${LONGEST_FILE} lines, and half of them at most 90`, () => {
  assert.ok(sources.length > 20);
  const lengths = sources.map((file) => linesOf(file).length);
  assert.deepEqual(
    sources.filter((_, i) => lengths[i] > LONGEST_FILE),
    [],
  );
  const median = [...lengths].sort((a, b) => a - b)[lengths.length >> 1];
  assert.ok(median <= 90, `the median is ${median}`);
});

test(`no function has more than ${LONGEST_FUNCTION} lines, but for the few that are listed`, () => {
  const found = sources.flatMap(longFunctions);
  assert.deepEqual(
    found.filter((name) => !algorithms.includes(name)),
    [],
  );
});

test(`no line of a comment has more than ${LONGEST_LINE} characters`, () => {
  const long = filesIn(["src", "stages", "test"]).flatMap((file) =>
    linesOf(file).flatMap((line, i) =>
      /^\s*(?:\/\/|\/\*|\*)/.test(line) && [...line].length > LONGEST_LINE ? [`${file}:${i + 1}`] : [],
    ),
  );
  assert.deepEqual(long, []);
});

test("only commands and worker threads take standard output over, to which node:test reports", () => {
  const takes = /(?:stdout|stream)\.write = /;
  const found = filesIn(["src", "stages", "test"]).filter((file) => takes.test(readFileSync(file, "utf8")));
  assert.deepEqual(found.sort(), ["src/cli/printsToStderr.ts", "src/run/executors/guardThread.ts"]);
});
