import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { numbers, vectorAt } from "../../src/artifact/artifact.js";
import { norm } from "../../src/linalg/vectors.js";
import { figureStage } from "../../stages/figure.js";
import { projectStage } from "../../stages/project.js";
import { sampleGridStage } from "../../stages/sampleGrid.js";
import { runStage } from "./runStage.js";
import { away, directionsBy, modelOf, start } from "./wiggledModels.js";

test("a projection is in the unit of the grid that it is drawn over", async () => {
  const [own, other] = [await modelOf(start), await modelOf(away(0.3, 0.2, 0.1))];
  const directions = await directionsBy({ method: "random", normalize: "none" }, { model: own });
  const [plain, relative] = await Promise.all(
    ["direction", "relative"].map((unit) => runStage(projectStage, { unit }, { model: own, directions, other })),
  );
  for (const k of [0, 1]) {
    const scale = norm(start) / norm(vectorAt(directions, "vector", k));
    const [a, b] = [plain, relative].map((points) => numbers(points, `a${k + 1}`)[0]);
    assert.ok(Math.abs(b * scale - a) < 1e-12 * Math.abs(a));
  }
  assert.deepEqual(numbers(plain, "residual"), numbers(relative, "residual"));
  const grid = await runStage(sampleGridStage, { steps: 3 }, { model: own, directions });
  await assert.rejects(
    runStage(figureStage, {}, { grid, path: relative }),
    /the path's coordinates have the unit "relative", the grid's "direction"; expected the same/,
  );
  const elsewhere = await directionsBy({ method: "gradient" }, { model: own });
  const path = await runStage(projectStage, {}, { model: own, directions: elsewhere, other });
  await assert.rejects(
    runStage(figureStage, {}, { grid, path }),
    /the path's coordinates have the directions \["gradient"\]/,
  );
  const drawn = await runStage(figureStage, {}, { grid, path: plain });
  assert.match((drawn.columns.svg as string[])[0], />other</);
});

test("a pipeline draws two trainings over the plane through their models", () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-path-"));
  const train = (seed: number) => `{ uses: train, with: { seed: ${seed}, optimizer: { kind: lbfgs, maxIterations: 20 },
    architecture: { kind: mlp, widths: [2, 6, 1] }, problem: { kind: pinn, equation: "u_t + u_x", initial: "sin(x)",
    grid: { x: 8, t: 4 }, collocation: { points: 10 } } } }`;
  writeFileSync(
    join(folder, "p.yaml"),
    `name: p
stages:
  one: ${train(0)}
  two: ${train(1)}
  three: ${train(2)}
  plane: { uses: compute-directions, from: { model: one, to: [two, three] }, with: { method: between } }
  grid: { uses: sample-grid, from: { model: one, directions: plane }, with: { steps: 9, range: [-0.5, 1.5] } }
  where: { uses: project, from: { model: one, directions: plane, one: one, two: two, three: three } }
  map: { uses: figure, from: { grid: grid, path: where }, with: { plot: contour } }
publish: [where]
`,
  );
  const cli = join(process.cwd(), "dist/src/cli/main.js");
  const { status, stderr } = spawnSync(process.execPath, [cli, "run", "p.yaml", "-q"], {
    cwd: folder,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  const [header, ...rows] = readFileSync(join(folder, "results/p/tables/where.csv"), "utf8").trim().split(/\r?\n/);
  assert.equal(header, "loss,a1,a2,distance,residual,step,model");
  const cells = rows.map((row) => row.split(","));
  assert.deepEqual(
    cells.map(([, a1, a2, , , , model]) => [Math.abs(Math.round(Number(a1))), Math.abs(Math.round(Number(a2))), model]),
    [
      [0, 0, "one"],
      [1, 0, "two"],
      [0, 1, "three"],
    ],
  );
  assert.ok(cells.every(([, , , , residual]) => Number(residual) < 1e-12));
  assert.match(readFileSync(join(folder, "results/p/figures/map.svg"), "utf8"), />three</);
});

test("rows chooses the checkpoints that are projected", async () => {
  const model = await modelOf(start, away(0.1), away(0.1, 0.1), away(0, 0.2), away(0.3));
  const directions = await directionsBy({ method: "random" }, { model });
  const steps = async (params: object) => {
    const points = await runStage(projectStage, params, { model, directions });
    return Array.from(numbers(points, "step"));
  };
  const all = await steps({});
  assert.equal(all.length, 5);
  assert.deepEqual(await steps({ rows: "all" }), all);
  assert.deepEqual(await steps({ rows: "last" }), all.slice(-1));
  assert.deepEqual(await steps({ rows: [0, 3] }), [all[0], all[3]]);
  await assert.rejects(steps({ rows: [5] }), /the model has 5 checkpoints, from 0 to 4; found 5/);
});
