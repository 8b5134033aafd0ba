import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Artifact } from "../../src/artifact/artifact.js";
import { moduleResult } from "../../src/run/moduleResult.js";
import type { Stage } from "../../src/stage.js";

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

test("what Arrow or JSON cannot hold is refused with its place, and nothing is dropped", () => {
  const stage = { module: { path: "/at/own.mjs" }, name: "own", output: "table" } as Stage;
  const given = (result: unknown) => () => moduleResult(result as Artifact, stage);
  const ofItself: Record<string, unknown> = {};
  ofItself.own = ofItself;
  let deep: unknown = 1;
  for (let i = 0; i < 20_000; i++) deep = { deep };
  const faults: [unknown, string][] = [
    [{ columns: { v: Object.assign([1], { 2: 3 }) } }, "the column v has undefined in row 2; expected a Float64Array"],
    [{ columns: { v: new Array(4e9) } }, "the column v has undefined in row 1"],
    [{ columns: {}, summary: { n: 1n } }, "summary.n is not plain JSON: it is a bigint"],
    [{ columns: {}, metadata: { a: [{ f: () => 1 }] } }, "metadata.a[0].f is not plain JSON: it is a function"],
    [{ columns: {}, metadata: { day: new Date(0) } }, "metadata.day is not plain JSON: it is a Date"],
    [{ columns: {}, metadata: ofItself }, "metadata.own is not plain JSON: it contains itself"],
    [{ columns: {}, metadata: { deep } }, "is not plain JSON: it is nested more than 100 levels deep"],
  ];
  for (const [result, message] of faults) {
    assert.throws(given(result), (error: Error) => {
      assert.ok(error.message.startsWith("own.mjs: ") && error.message.includes(message), error.message);
      return true;
    });
  }
  const plain = { a: [1, Number.NaN, null, { b: "text" }], none: undefined };
  assert.deepEqual(given({ columns: { v: [1, 2] }, metadata: plain })().metadata, plain);
});
