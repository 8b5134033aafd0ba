import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import { plotNames } from "../../../stages/plots/plotFacts.js";

test("the gallery draws every plot, and its pictures are in the README, small", () => {
  const { stages } = parse(readFileSync("pipelines/gallery.yaml", "utf8")) as {
    stages: Record<string, { uses: string; with?: { plot?: string; spec?: object } }>;
  };
  const figures = Object.entries(stages).filter(([, { uses }]) => uses === "figure");
  const drawn = figures.map(([, stage]) => stage.with?.plot ?? "spec");
  assert.deepEqual(
    [...plotNames, "spec"].filter((plot) => !drawn.includes(plot)),
    [],
  );
  const readme = readFileSync("pipelines/README.md", "utf8");
  let bytes = 0;
  for (const [name] of figures) {
    const file = `gallery/${name}.png`;
    assert.ok(existsSync(`pipelines/${file}`), `pipelines/${file} is missing: npm run gallery`);
    assert.ok(readme.includes(`(${file})`), file);
    bytes += statSync(`pipelines/${file}`).size;
  }
  assert.ok(bytes < 2e6, `${bytes} bytes`);
});
