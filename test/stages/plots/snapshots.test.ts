import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { takeFontStyle } from "../../../src/figures/fonts.js";
import { figureStage } from "../../../stages/figure.js";
import { plotNames } from "../../../stages/plots/plotFacts.js";
import { misplacedText, sizeOf, textBoxes } from "../../figures/svg.js";
import { runStage } from "../runStage.js";
import { pictures } from "./pictures.js";

const file = "test/fixtures/figures/pictures.json";

/** What a picture shows, in a few lines that can be read, and a hash of all its bytes. */
async function digestOf(svg: string) {
  const { svg: bare } = takeFontStyle(svg);
  const { width, height } = sizeOf(svg);
  const tags = [...bare.matchAll(/<(path|line|image|text|rect|linearGradient)\b/g)].map(([, tag]) => tag);
  const marks = Object.fromEntries([...new Set(tags)].map((tag) => [tag, tags.filter((one) => one === tag).length]));
  const texts = (await textBoxes(svg)).map(({ text }) => text);
  const sha256 = createHash("sha256").update(svg).digest("hex");
  return { size: `${width} × ${height}`, marks, texts: texts.join(" | "), sha256 };
}

test("every plot draws what it drew: marks, texts, and each byte", async () => {
  const drawn: Record<string, object> = {};
  const misplaced: Record<string, string[]> = {};
  for (const [name, { inputs, params }] of Object.entries(await pictures())) {
    const { columns } = await runStage(figureStage, params, inputs);
    const [svg] = columns.svg as string[];
    const faults = await misplacedText(svg);
    if (faults.length > 0) misplaced[name] = faults;
    drawn[name] = await digestOf(svg);
  }
  assert.deepEqual(misplaced, {});
  for (const plot of plotNames) assert.ok(plot in drawn, `pictures.ts has no picture of ${plot}`);
  if (process.env.UPDATE_PICTURES) writeFileSync(file, `${JSON.stringify(drawn, null, 2)}\n`);
  const known = JSON.parse(readFileSync(file, "utf8"));
  const advice = "look at the pictures; then UPDATE_PICTURES=1 npm run test:one stages/plots/snapshots";
  for (const [name, digest] of Object.entries(drawn)) {
    const { sha256: hash, ...readable } = digest as { sha256: string };
    const { sha256, ...before } = known[name] ?? {};
    assert.deepEqual(readable, before, `${name}: ${advice}`);
    assert.equal(hash, sha256, `${name} has other bytes with the same words: ${advice}`);
  }
  assert.deepEqual(Object.keys(known), Object.keys(drawn));
});
