import assert from "node:assert/strict";
import { test } from "node:test";
import { numbers } from "../../src/artifact/artifact.js";
import { figureStage } from "../../stages/figure.js";
import { checkLossAxis } from "../../stages/inputs/lossAxis.js";
import { mergeTreeStage } from "../../stages/mergeTree.js";
import { profileStage } from "../../stages/profile.js";
import { runStage } from "./runStage.js";
import { twoValleys } from "./twoValleys.js";

test("the most persistent basins are shown, and profiles of several points share one picture", async () => {
  const tree = await runStage(mergeTreeStage, {}, { grid: twoValleys });
  const whole = await runStage(profileStage, {}, { tree });
  const single = await runStage(profileStage, { basins: 1 }, { tree });
  assert.deepEqual([whole.summary.basins, single.summary.basins], [4, 2]);
  assert.equal(Math.max(...numbers(single, "right")), 5, "merged basins keep their samples");
  const profiles = [1, 2, 3].map((beta) => ({ stage: "profile", point: { beta }, artifact: () => whole }));
  const failed = { ...profiles[2], error: "out of memory" };
  const params = { plot: "profile", facet: {} };
  const figure = await runStage(figureStage, params, { profiles: [...profiles.slice(0, 2), failed] });
  const [svg] = figure.columns.svg as string[];
  for (const text of ["beta = 1", "beta = 2", "beta = 3", "failed: out of memory"]) assert.ok(svg.includes(text), text);
  const check = (params: Parameters<typeof checkLossAxis>[0]) => checkLossAxis(params).map(({ message }) => message);
  assert.deepEqual(check({ lossRange: [2, 1] }), ["is [2,1]; expected the lower end first"]);
  assert.deepEqual(check({ lossRange: [0, 1], lossScale: "log" }), ["is [0,1] on a log scale; expected ends above 0"]);
  assert.deepEqual(check({ lossRange: [0.1, 1], lossScale: "log" }), []);
});
