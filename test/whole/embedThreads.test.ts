import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { StoredRecord } from "../../src/store/storedRecord.js";

const cli = join(process.cwd(), "dist/src/cli/main.js");

/** Points enough for products that ONNX Runtime shares out among threads. */
const pipeline = `name: maps
stages:
  tree: { uses: load-data, with: { name: tree, count: 700 } }
  all: { uses: embed, from: { points: tree }, with: { method: phate } }
  few: { uses: embed, from: { points: tree }, with: { method: phate, landmarks: 300, distance: cosine } }
`;

/** What keeps a process to the first core, where the system has it. */
const toOneCore = spawnSync("taskset", ["-c", "0", "true"]).status === 0 ? ["taskset", "-c", "0"] : [];

/** The hashes of the maps by their keys, of a run with some workers that `prefix` starts. */
function maps(workers: number, prefix: readonly string[] = []): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "cirque-maps-"));
  writeFileSync(join(folder, "maps.yaml"), pipeline);
  const [command, ...words] = [...prefix, process.execPath, cli, "run", "maps.yaml", "-q", "-j", `${workers}`];
  const { status, stderr } = spawnSync(command, words, { cwd: folder });
  assert.equal(status, 0, String(stderr));
  const at = join(folder, "results/.cache/records");
  const names = (readdirSync(at, { recursive: true }) as string[]).filter((name) => name.endsWith(".json"));
  const records = names.map((name) => JSON.parse(readFileSync(join(at, name), "utf8")) as StoredRecord);
  const embedded = records.filter(({ preimage }) => (preimage as { stage?: string }).stage === "embed");
  for (const { provenance } of embedded) assert.deepEqual(Object.keys(provenance.backends as object), ["onnxruntime"]);
  return new Map(embedded.map(({ preimage, object }) => [JSON.stringify(preimage), object]));
}

test("PHATE maps have the same bits, made one after the other on one core or two at once on all", () => {
  const alone = maps(1, toOneCore);
  assert.equal(alone.size, 2);
  assert.deepEqual(maps(2), alone);
});
