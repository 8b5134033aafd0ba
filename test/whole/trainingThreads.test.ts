import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { StoredRecord } from "../../src/store/storedRecord.js";

const cli = join(process.cwd(), "dist/src/cli/main.js");

const networks = {
  digits: "{ kind: mlp, widths: [784, 256, 256, 10], activation: relu }",
  shapes: "{ kind: resnet, image: [3, 32, 32], depth: 8, width: 16, classes: 10 }",
  segmentation: "{ kind: unet, image: [3, 32, 32], depth: 2, width: 16, classes: 3 }",
};

const size = { digits: "", shapes: "", segmentation: ", imageSize: 32" };
/** ONNX Runtime cuts a product among threads, and its bits with it, from about this batch of the MLP on. */
const batch = { digits: 128, shapes: 16, segmentation: 16 };

const pipeline = `name: threads
stages:
${(Object.keys(networks) as (keyof typeof networks)[])
  .map(
    (name) => `  ${name}: { uses: load-data, with: { name: ${name}, count: ${4 * batch[name]}${size[name]} } }
  ${name}-model:
    uses: train
    from: { data: ${name} }
    with:
      architecture: ${networks[name]}
      problem: { kind: supervised, loss: cross-entropy }
      optimizer: { kind: sgd, learningRate: 0.05, momentum: 0.9 }
      epochs: 2
      batchSize: ${batch[name]}
`,
  )
  .join("")}`;

/** What keeps a process to the first core, where the system has it. */
const toOneCore = spawnSync("taskset", ["-c", "0", "true"]).status === 0 ? ["taskset", "-c", "0"] : [];

/** The hashes of the trained models by the key of their stage, of a run with some workers that `prefix` starts. */
function models(workers: number, prefix: readonly string[] = []): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "cirque-threads-"));
  writeFileSync(join(folder, "threads.yaml"), pipeline);
  const [command, ...words] = [...prefix, process.execPath, cli, "run", "threads.yaml", "-q", "-j", `${workers}`];
  const { status, stderr } = spawnSync(command, words, { cwd: folder });
  assert.equal(status, 0, String(stderr));
  const at = join(folder, "results/.cache/records");
  const names = (readdirSync(at, { recursive: true }) as string[]).filter((name) => name.endsWith(".json"));
  const records = names.map((name) => ({
    name,
    record: JSON.parse(readFileSync(join(at, name), "utf8")) as StoredRecord,
  }));
  const trained = records.filter(({ record }) => (record.preimage as { stage?: string }).stage === "train");
  return new Map(trained.map(({ name, record }) => [name, record.object]));
}

test("an MLP, a ResNet and a UNet have the same bits, trained one after the other on one core or two at once on all", () => {
  const alone = models(1, toOneCore);
  assert.equal(alone.size, 3);
  assert.deepEqual(models(2), alone);
});
