import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
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

test("a rejection that comes after the result of a module is a warning about that module, and harms no other step", () => {
  const late = `export default { version: 1, inputs: { before: { kinds: ["table"], optional: true } }, output: "table", async run({ ports }) {
    if (ports.length === 0) setTimeout(() => Promise.reject(new Error("too late")), 300);
    else await new Promise((wake) => setTimeout(wake, 800));
    return { columns: { v: [1] } };
  } };\n`;
  const folder = workplace({
    "p.yaml": "stages:\n  a: { uses: ./late.mjs }\n  b: { uses: ./wait.mjs, from: { before: a } }\n",
    "late.mjs": late,
    "wait.mjs": late,
  });
  const { status, stderr } = cirque(folder, "run", "p.yaml", "-j", "1");
  assert.equal(status, 0, stderr);
  assert.match(stderr, /warning a: late\.mjs threw outside its run: too late/);
});

test("what a module prints is in the log of its step, and never among the events or the paths on stdout", () => {
  const loud = `console.log("loading");
export default { version: 1, inputs: {}, output: "table", async run() {
  console.log("said aloud");
  process.stdout.write("raw\\n");
  console.error("complained");
  return { columns: { v: [1] } };
} };\n`;
  const folder = workplace({ "p.yaml": "stages: { loud: { uses: ./loud.mjs } }\n", "loud.mjs": loud });
  const { status, stdout } = cirque(folder, "run", "p.yaml", "--json");
  assert.equal(status, 0);
  for (const line of stdout.trimEnd().split("\n")) assert.ok(JSON.parse(line).event, line);
  assert.match(cirque(folder, "logs", "p.yaml", "loud").stdout, /said aloud\nraw\ncomplained\n/);
});
