import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { datasetOf } from "../../../stages/artifacts/dataset.js";
import { samplesInFile } from "../../../stages/inputs/samplesInFile.js";
import { loadDataStage } from "../../../stages/loadData.js";
import { npzBytes } from "../../files/weightFiles.js";
import { faultsOf } from "../../pipeline/planOf.js";
import { runStage } from "../runStage.js";

const folder = mkdtempSync(join(tmpdir(), "cirque-samples-"));
const array = (...shape: number[]) => ({ shape, values: new Float64Array(shape.reduce((a, b) => a * b, 1)).fill(1) });
const table = join(folder, "table.csv");
writeFileSync(table, "a,b,c\n1,2,0\n3,4,1\n5,6,0\n");
const images = join(folder, "images.npz");
writeFileSync(images, npzBytes({ x: array(4, 6, 6), y: array(4), z: array(4, 3) }));

const load = (more: string, model = "") =>
  faultsOf({ "p.yaml": `stages:\n  data: { uses: load-data, with: { ${more} } }\n${model}` });

test("columns and arrays that a file does not have are found before anything runs", () => {
  const csv = `name: csv, path: ${table}`;
  assert.deepEqual(load(`${csv}, target: c`), []);
  assert.match(load(`${csv}, target: d`)[0], /:2:\d+ data\.target: is "d", which is not a column of .*table\.csv;/);
  assert.match(load(`${csv}, target: c, features: [a, bb]`)[0], /data\.features\.1: is "bb", .*; did you mean "b"\?/);
  const npz = `name: npz, path: ${images}`;
  assert.deepEqual(load(npz), []);
  assert.match(load(`${npz}, inputs: w, targets: v`).join(), /data\.inputs: is "w", .*data\.targets: is "v"/);
});

test("a network that does not fit the samples of a file is found before anything runs", () => {
  const model = (widths: string) =>
    `  model: { uses: train, from: { data: data }, with: { architecture: { kind: mlp, widths: ${widths} }, problem: { kind: supervised } } }\n`;
  assert.deepEqual(load(`name: csv, path: ${table}, target: c`, model("[2, 3, 2]")), []);
  assert.match(
    load(`name: csv, path: ${table}, target: c`, model("[3, 3, 2]"))[0],
    /:3:\d+ model: the mlp takes inputs of \[3\], .*has.*\[2\]/,
  );
  assert.match(
    load(`name: npz, path: ${images}`, model("[3, 3, 2]"))[0],
    /:3:\d+ model: the mlp takes inputs of \[3\]/,
  );
});

test("what the beginning of a file tells of its samples is what they then are", async () => {
  for (const params of [
    { name: "csv", path: table, target: "c" },
    { name: "csv", path: table, target: "c", task: "regression" },
    { name: "npz", path: images },
    { name: "npz", path: images, targets: "z", task: "regression" },
  ]) {
    const { task, inputShape, targetShape } = datasetOf(await runStage(loadDataStage, params));
    const known = samplesInFile({ inputs: "x", targets: "y", task: "classification", ...params }, params.path);
    assert.deepEqual(
      [known?.task, known?.inputShape, known?.targetShape],
      [task, inputShape, targetShape],
      JSON.stringify(params),
    );
  }
});
