import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cirque, lines, pipeline, workplace } from "./workplace.js";

test("diff of two runs tells parameters and numbers that differ", () => {
  const folder = workplace();
  assert.equal(cirque(folder, "diff", "p.yaml", "1", "latest").stdout, "no difference\n");
  cirque(folder, "run", "p.yaml", "--set", "power=[1, 4]", "-q");
  const found = lines(cirque(folder, "diff", "p.yaml", "previous", "latest").stdout);
  assert.deepEqual(found, [
    "matrix.power.1 2 → 4",
    "scaled@power=2 is gone",
    "tree@power=2 is gone",
    "metrics@power=2 is gone",
    "scaled@power=4 is new",
    "tree@power=4 is new",
    "metrics@power=4 is new",
  ]);
  writeFileSync(
    join(folder, "p.yaml"),
    pipeline.replace('"${power}" }', "5 }").replace("matrix: { power: [1, 2] }\n", ""),
  );
  cirque(folder, "run", "p.yaml", "-q");
  writeFileSync(
    join(folder, "p.yaml"),
    pipeline.replace('"${power}" }', "6 }").replace("matrix: { power: [1, 2] }\n", ""),
  );
  cirque(folder, "run", "p.yaml", "-q");
  const metrics = lines(cirque(folder, "diff", "p.yaml", "previous", "latest").stdout);
  assert.deepEqual(metrics.slice(0, 3), ["scaled", "  params.power 5 → 6", "  power 5 → 6"]);
  assert.ok(metrics.includes("metrics") && metrics.some((line) => /^ {2}lossMaximum \S+ → \S+$/.test(line)), "a row");
  assert.match(
    cirque(folder, "diff", "p.yaml", "77", "latest").stderr,
    /no run "77" of p; expected latest, previous, 4-/,
  );
  assert.equal(lines(cirque(folder, "runs", "p.yaml").stdout).length, 4);
});
