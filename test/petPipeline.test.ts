import assert from "node:assert/strict";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { numbers, rowCount } from "../src/artifact/artifact.js";
import { runPipeline } from "../src/library/runPipeline.js";
import { folderOf } from "./data/files.js";
import { petFiles } from "./data/petFiles.js";

test("the UNets on pets run as they are, here on six small images", { timeout: 300_000 }, async () => {
  const files = await petFiles(["Abyssinian_1", "pug_2", "Birman_3", "beagle_4", "Bengal_5", "boxer_6"], 40);
  const data = { ...files, "annotations/test.txt": files["annotations/trainval.txt"] };
  const folder = folderOf(
    Object.fromEntries(Object.entries(data).map(([name, content]) => [`data/pet/${name}`, content])),
  );
  mkdirSync(join(folder, "figures"));
  for (const name of ["profiles-unet.yaml", "profiles-unet-full.yaml"]) {
    cpSync(join("pipelines/figures", name), join(folder, "figures", name));
  }
  const run = await runPipeline(join(folder, "figures/profiles-unet-full.yaml"), {
    results: join(folder, "results"),
    // The paper's sweep, in small: everything else is as it is there.
    set: { side: 32, width: 2, steps: 5, epochs: 5, rate: [0.01], seed: [0, 1], epoch: [0, 5] },
  });
  for (const outcome of run.outcomes) {
    assert.ok(!("error" in outcome), `${outcome.step.id}: ${"error" in outcome && outcome.error}`);
  }
  const summary = run.artifact("summary");
  assert.equal(rowCount(summary), 4, "a landscape for each seed and epoch");
  assert.ok(numbers(summary, "metrics.vertices").every((vertices) => vertices === 25));
  assert.ok(numbers(summary, "quality.accuracy").every((accuracy) => accuracy >= 0 && accuracy <= 1));
  const names = run.files.map((path) => path.slice(path.lastIndexOf("/") + 1));
  for (const figure of ["profiles@rate=0.01.svg", "accuracy-map.svg"]) assert.ok(names.includes(figure), names.join());
});
