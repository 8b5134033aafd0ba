import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsOf } from "./planOf.js";

test("a missing folder is told once, with the number of places that need it", () => {
  const faults = faultsOf({
    "p.yaml": `name: p
matrix: { width: [1, 2, 3, 4] }
stages:
  train: { uses: load-data, with: { name: images, path: pictures/train } }
  test: { uses: load-data, with: { name: images, path: pictures/test } }
  grid: { uses: import-grid, with: { path: "grids/w\${width}.npy" } }
  other: { uses: import-grid, with: { path: other.npy } }
`,
  });
  assert.equal(faults.length, 3);
  assert.match(faults[0], /^p\.yaml:4:57 train\.path .*; files are missing at 1 more place$/);
  assert.match(
    faults[1],
    /^p\.yaml:6:44 grid\.path is "grids\/w1\.npy".*; files are missing at 3 more places or points/,
  );
  assert.match(faults[2], /^p\.yaml:7:45 other\.path is "other\.npy", .* relative to the pipeline file$/);
});

test("files that are missing beside others are told once for each parameter", () => {
  const faults = faultsOf({
    "w0.npy": "",
    "p.yaml": `name: p
matrix: { width: [1, 2, 3, 4] }
stages:
  one: { uses: import-grid, with: { path: "w\${width}.npy" } }
  two: { uses: import-grid, with: { path: "v\${width}.npy" } }
`,
  });
  assert.equal(faults.length, 2);
  for (const fault of faults) assert.match(fault, /files are missing at 3 more places or points of the matrix$/);
});

test("a port with a wrong name is one fault: neither a port without input nor an axis that it would bring", () => {
  const faults = faultsOf({
    "g1.npy": "",
    "g2.npy": "",
    "p.yaml": `name: p
matrix: { width: [1, 2] }
stages:
  grid: { uses: import-grid, with: { path: "g\${width}.npy" } }
  tree: { uses: merge-tree, from: { grids: grid } }
  all: { uses: gather, from: { tables: grid }, by: [width], where: "width > 0" }
`,
  });
  assert.deepEqual(
    faults.map((fault) => /^p\.yaml:(\d+:\d+)/.exec(fault)?.[1]),
    ["5:37", "6:32"],
  );
});
