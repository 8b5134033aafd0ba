import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadPipeline } from "../src/pipeline/config.js";
import { ConfigError } from "../src/pipeline/configFile.js";
import { plan } from "../src/pipeline/plan.js";
import { withModules } from "../src/pipeline/stageModule.js";
import { loadStages } from "../stages/index.js";

const stages = await loadStages();

const files = ["pipelines", "pipelines/figures", "pipelines/pinns", "pipelines/tutorials"].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => join(folder, name)),
);

/** What is wrong with a pipeline; nothing where it can be planned. */
async function faults(file: string): Promise<string[]> {
  try {
    const pipeline = loadPipeline(file);
    const { steps } = plan(pipeline, await withModules(pipeline, stages));
    assert.ok(steps.length > 0, file);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(({ message }) => message);
    throw error;
  }
}

test("every pipeline can be planned, or says which files to put where", async () => {
  const advice = /does not exist; .*(put .* into the folder .*, or download them: cirque data fetch|put it there)/s;
  const unplanned = (
    await Promise.all(files.map(async (file) => (await faults(file)).map((message) => ({ file, message }))))
  ).flat();
  assert.deepEqual(
    unplanned.filter(({ message }) => !advice.test(message)),
    [],
  );
  const incomplete = new Set(unplanned.map(({ file }) => file));
  // Published grids are not ours to copy.
  const small = files.filter((file) => !/(-full|\/topology-published)\.yaml$/.test(file));
  assert.deepEqual(
    small.filter((file) => incomplete.has(file)),
    [],
    "only full variants need files",
  );
});

test("every pipeline begins with the schema that editors complete from, and says what it shows", () => {
  for (const file of files) {
    const [first, second] = readFileSync(file, "utf8").split("\n");
    assert.match(first, /^# yaml-language-server: \$schema=(\.\.\/)+schemas\/pipeline\.json$/, file);
    assert.match(second, /^# .{20,}/, file);
  }
});
