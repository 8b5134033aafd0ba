import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const cli = join(process.cwd(), "dist/src/cli/main.js");

/** A fresh folder with these files. */
function workplace(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "cirque-own-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

function cirque(folder: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: "utf8" });
  return { status, stdout, stderr };
}

test("lists of numbers become columns; what is not a column, an Error or plain JSON is told as a fault of the module", () => {
  const own = (body: string) => {
    const folder = workplace({
      "p.yaml": "stages: { own: { uses: ./own.mjs } }\n",
      "own.mjs": `export default { version: 1, inputs: {}, output: "table", async run() { ${body} } };\n`,
    });
    const { status, stderr } = cirque(folder, "run", "p.yaml");
    const table = status === 0 ? readFileSync(join(folder, "results/p/tables/own.csv"), "utf8") : "";
    return { status, stderr, table };
  };
  const lists = own("return { columns: { v: [1, 2], w: Float64Array.of(3, 4), t: ['a', 'b'] } };");
  assert.equal(lists.table, "v,w,t\r\n1,3,a\r\n2,4,b\r\n");
  const faults: [string, RegExp][] = [
    ["return { columns: { v: [1, 'a'] } };", /own\.mjs: the column v has "a" in row 2; expected a Float64Array/],
    ["return { columns: { v: [1n, 2n] } };", /own\.mjs: the column v has .* in row 1/],
    ["return { columns: { v: new Map() } };", /own\.mjs: the column v is \{\}; expected/],
    ["return { columns: [] };", /own\.mjs gave columns that are \[\]/],
    ["return null;", /own\.mjs gave null; expected \{ columns/],
    ["throw null;", /own\.mjs threw null; expected an Error/],
    ["throw { a: 1 };", /own\.mjs threw \{"a":1\}; expected an Error/],
    [
      "const metadata = {}; metadata.own = metadata; return { columns: {}, metadata };",
      /metadata is not plain JSON: it/,
    ],
    ["return { columns: {}, summary: { n: 1n } };", /own\.mjs: summary is not plain JSON: .*BigInt/],
    [
      "setTimeout(() => { throw new Error('too late'); }, 50); return new Promise(() => setTimeout(() => {}, 1e6));",
      /own: own\.mjs threw outside its run: too late; await every promise/,
    ],
    ["const e = new Error('odd'); e.more = () => 1; throw e;", /own: odd\n/],
  ];
  for (const [body, message] of faults) {
    const { status, stderr } = own(body);
    assert.equal(status, 1, body);
    assert.match(stderr, message, body);
    assert.doesNotMatch(stderr, /\n +at /, body);
  }
});
