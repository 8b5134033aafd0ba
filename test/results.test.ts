import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { artifact, numbers } from "../src/artifact/artifact.js";
import type { Source } from "../src/stage.js";
import { correlateStage } from "../stages/correlate.js";
import { runStage } from "./stages/runStage.js";

const folders = readFileSync(".gitignore", "utf8")
  .split("\n")
  .filter((line) => /^!results\/[^.]+$/.test(line))
  .map((line) => line.slice(1))
  .filter((folder) => existsSync(folder));

const kept = (folder: string) =>
  (readdirSync(folder, { recursive: true }) as string[]).filter((name) => /\.(svg|csv)$/.test(name));

/** A table of a run that had no such stage yet; the last test computes it from another table of the run. */
const later = "results/profiles-pinn-full/tables/related.csv";

test("kept results are the files that their manifests name, of runs without a failure", () => {
  assert.ok(folders.length >= 9);
  for (const folder of folders) {
    const { files, failures } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
    assert.deepEqual(failures, [], folder);
    for (const name of kept(folder)) {
      const path = join(folder, name);
      const hash = createHash("sha256").update(readFileSync(path)).digest("hex");
      if (!(path === later && !(name in files))) assert.equal(files[name], hash, path);
    }
  }
});

test("kept results have less than 25 MB, and a row in the table of runs", () => {
  const sizes = folders.flatMap((folder) => kept(folder).map((name) => statSync(join(folder, name)).size));
  assert.ok(sizes.reduce((sum, size) => sum + size, 0) < 25e6);
  const readme = readFileSync("results/README.md", "utf8");
  for (const folder of folders) assert.ok(readme.includes(folder.slice("results/".length)), folder);
});

function rowsOf(path: string): Record<string, string>[] {
  const [names, ...rows] = readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  return rows.map((row) => Object.fromEntries(row.map((cell, i) => [names[i], cell])));
}

test("the correlations of profiles-pinn-full are those of its table", async () => {
  const networks: Source[] = rowsOf("results/profiles-pinn-full/tables/complexity.csv").flatMap((row) =>
    ["metrics", "fit"].map((stage) => ({
      stage,
      point: { beta: Number(row.beta), rate: Number(row.rate), seed: Number(row.seed) },
      artifact: () =>
        artifact(
          "table",
          Object.fromEntries(
            Object.entries(row)
              .filter(([name]) => name.startsWith(`${stage}.`))
              .map(([name, cell]) => [name.slice(stage.length + 1), Float64Array.of(Number(cell))]),
          ),
        ),
    })),
  );
  const params = { x: ["saddles", "saddles@1%", "averagePersistence"], y: ["relativeL2"] };
  const found = await runStage(correlateStage, params, { table: networks });
  const rows = rowsOf(later);
  assert.deepEqual(
    found.columns.x,
    rows.map((row) => row.x),
  );
  for (const name of ["coefficient", "low", "high"]) {
    assert.deepEqual(
      [...numbers(found, name)],
      rows.map((row) => Number(row[name])),
    );
  }
});
