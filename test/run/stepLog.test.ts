import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const cli = join(process.cwd(), "dist/src/cli/main.js");

function workplace(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "cirque-shell-test-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

function cirque(folder: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: "utf8" });
  return { status, stdout, stderr };
}

const node = process.execPath;

test("a log keeps 16 MB at most, its head and its tail", () => {
  const print =
    'for (let i = 0; i < 30; i++) require("node:fs").writeSync(1, `line ${i} `.padEnd(1e6, "x") + "\\n"); process.exit(1)';
  const folder = workplace({
    "print.cjs": print,
    "p.yaml": `stages: { a: { uses: shell, with: { command: '"${node}" print.cjs' } } }\n`,
  });
  assert.equal(cirque(folder, "run", "p.yaml").status, 1);
  const log = cirque(folder, "logs", "p.yaml", "a").stdout;
  const size = spawnSync("sh", ["-c", "cat results/.cache/logs/*/*.log | wc -c"], { cwd: folder, encoding: "utf8" });
  assert.ok(Number(size.stdout) <= 17 * 2 ** 20, size.stdout);
  assert.ok(log.length === 0 || /^line 0 /.test(log));
  const text = spawnSync("sh", ["-c", "cat results/.cache/logs/*/*.log | tr -d x"], { cwd: folder, encoding: "utf8" });
  assert.match(
    text.stdout,
    /^line 0 [\s\S]*\n… \d+ bytes are left out here …\n[\s\S]*line 29 \nthe command ended with eit code 1\n$/,
  );
});
