import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const cli = join(process.cwd(), "dist/src/cli/main.js");

test("a module that never gives control back does not outlive SIGTERM or a closed terminal", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-endless-"));
  const files = {
    "p.yaml": "stages: { own: { uses: ./endless.mjs } }\n",
    "endless.mjs":
      'export default { version: 1, inputs: {}, output: "table", run() { console.error("begun"); for (;;) {} } };\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const ends = (["SIGTERM", "SIGHUP"] as const).map(async (signal) => {
    const args = [cli, "run", "p.yaml", "--json", "--results", signal];
    const run = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
    const ended = once(run, "exit");
    for await (const text of run.stdout) if (String(text).includes('"started"')) run.kill(signal);
    return await ended;
  });
  assert.deepEqual(await Promise.all(ends), [
    [143, null],
    [129, null],
  ]);
});
