import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { artifact } from "../../src/artifact/artifact.js";
import { csv } from "../../src/cli/export/csv.js";

test("tables become comma-separated values: text quoted where it must be, numbers in full, lists with spaces", () => {
  const table = artifact("table", {
    'na"me': ["plain", 'a,b "c"\nd'],
    real: Float64Array.of(0.1 + 0.2, Number.NEGATIVE_INFINITY),
    whole: Int32Array.of(3, -1),
    members: { offsets: Int32Array.of(0, 2, 2), values: Int32Array.of(5, 7) },
    vector: { width: 2, values: Float64Array.of(1, 2, 3, Number.NaN) },
  });
  assert.equal(
    new TextDecoder().decode(csv(table)),
    [
      '"na""me",real,whole,members,vector1,vector2',
      "plain,0.30000000000000004,3,5 7,1,2",
      '"a,b ""c""\nd",-Infinity,-1,,3,NaN',
      "",
    ].join("\r\n"),
  );
});

/** Publishes stages of one pipeline in turn, each as a run of one target, and reads the manifest each time. */
const publishing = `import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { artifact } from "DIST/src/artifact/artifact.js";
import { encodeArtifact } from "DIST/src/artifact/artifactFile.js";
import { publish } from "DIST/src/cli/publish.js";
import { openStore } from "DIST/src/store/store.js";
const store = openStore("cache");
const names = Array.from({ length: ROUNDS }, (_, i) => ["a" + i, "b" + i]).flat();
const definition = { name: "gather", version: 1, output: "table", inputs: {} };
const pipeline = { name: "p", params: {}, matrix: { axes: {} }, stages: names.map((name) => ({ name })) };
for (let i = 0; i < ROUNDS; i++) {
  const name = process.argv[1] + i;
  const key = createHash("sha256").update(name).digest("hex");
  store.put(key, { stage: name }, encodeArtifact(artifact("table", { v: Float64Array.of(i) })), {});
  const step = { id: name, stage: name, title: name, point: {}, params: {}, key, definition };
  publish({ pipeline, published: new Set(names) }, [{ state: "done", step, ...store.lookup(key) }], "results", false);
  const { files, steps } = JSON.parse(readFileSync("results/manifest.json", "utf8"));
  if (!files["tables/" + name + ".csv"] || !steps.some(({ step }) => step === name)) throw new Error(name + " is lost");
}`;
const rounds = 30;

test("two runs that publish targets of one pipeline at once lose nothing of each other", {
  timeout: 120_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-publish-"));
  const text = publishing.replaceAll("DIST", join(process.cwd(), "dist")).replaceAll("ROUNDS", String(rounds));
  const runs = ["a", "b"].map((letter) => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", text, letter], {
      cwd: folder,
      stdio: ["ignore", "inherit", "inherit"],
    });
    return new Promise((done) => child.once("close", done));
  });
  assert.deepEqual(await Promise.all(runs), [0, 0]);
  const { files, steps } = JSON.parse(readFileSync(join(folder, "results/manifest.json"), "utf8"));
  assert.equal(Object.keys(files).length, 4 * rounds);
  assert.equal(steps.length, 2 * rounds);
  assert.deepEqual(
    steps.slice(0, 4).map(({ step }: { step: string }) => step),
    ["a0", "b0", "a1", "b1"],
    "in the order of the pipeline",
  );
  for (const name of Object.keys(files)) assert.ok(existsSync(join(folder, "results", name)), name);
  assert.ok(!existsSync(join(folder, "results/.publishing")));
});
