import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { artifact, numbers } from "../../../src/artifact/artifact.js";
import type { ExportFormat } from "../../../src/cli/export/formatNames.js";
import { exportArtifact, formatOfEnding } from "../../../src/cli/exportArtifact.js";
import { type GridFormat, readGrid } from "../../../src/files/gridFile.js";

// The landscape of three points along x and two along y, unevenly spaced along x.
//   y = 5:  0.1  7   3
//   y = 2:  4    1   NaN
const x = Float64Array.of(-1, 0.25, 3);
const y = Float64Array.of(2, 5);
const loss = Float64Array.of(4, 1, Number.NaN, 0.1, 7, 3);
const gridOn = (first: Float64Array) =>
  artifact(
    "grid",
    { loss, a1: Float64Array.from([...first, ...first]), a2: Float64Array.of(2, 2, 2, 5, 5, 5) },
    { shape: [3, 2], labels: ["direction 1", "direction 2"] },
  );
const grid = gridOn(x);

const tree = artifact("tree", {
  vertex: Int32Array.of(1, 3, 0, 4),
  value: Float64Array.of(1, 0.1, 4, 7),
  type: ["minimum", "minimum", "saddle", "root"],
  parent: Int32Array.of(2, 2, 3, -1),
  size: Int32Array.of(1, 2, 2, 1),
  meanLoss: Float64Array.of(1, 0.1, 4, 7),
  members: { offsets: Int32Array.of(0, 1, 2, 3, 4), values: Int32Array.of(1, 3, 0, 4) },
});
const barcode = artifact("barcode", {
  dimension: Int32Array.of(0, 0),
  birth: Float64Array.of(0.1, 1),
  death: Float64Array.of(Infinity, 4),
  birthVertex: Int32Array.of(3, 1),
  deathVertex: Int32Array.of(-1, 0),
});

test("a grid that is exported and imported again is the same, exactly, in every format", async () => {
  const formats: [ExportFormat, GridFormat][] = [
    ["npz", "npz"],
    ["h5", "h5"],
    ["vtr", "vtr"],
    ["csv", "csv"],
    ["json", "json"],
    ["parquet", "parquet"],
  ];
  for (const [out, back] of formats) {
    const read = await readGrid(await exportArtifact(grid, out), back, { order: "C" }, out);
    assert.deepEqual(read.values, loss, out);
    assert.deepEqual(read.axes, [x, y], out);
  }
  const even = gridOn(Float64Array.of(-1, 1, 3));
  const image = await readGrid(await exportArtifact(even, "vti"), "vti", { order: "C" }, "vti");
  assert.deepEqual(image.values, loss);
  assert.deepEqual(image.axes, [Float64Array.of(-1, 1, 3), y]);
  await assert.rejects(
    exportArtifact(grid, "vti"),
    /axis 1 is not evenly spaced \(0\.25 at point 2\); expected format vtr/,
  );
});

/** A Python with VTK: Debian's package python3-vtk9. */
const python = ["/usr/bin/python3", "python3"].find((name) => spawnSync(name, ["-c", "import vtk"]).status === 0);

test("VTK reads the files as they are meant", { skip: python ? false : "python3-vtk9 is not installed" }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-vtk-"));
  const even = gridOn(Float64Array.of(-1, 1, 3));
  for (const [name, of] of [
    ["grid.vti", even],
    ["grid.vtr", grid],
    ["tree.vtp", tree],
    ["bars.vtp", barcode],
  ] as const) {
    // biome-ignore format: a line
    const format = formatOfEnding(name) as ExportFormat;
    writeFileSync(join(folder, name), await exportArtifact(of, format, grid));
  }
  const script = `
import json, sys, vtk
def read(reader, name):
    reader.SetFileName(sys.argv[1] + "/" + name)
    reader.Update()
    data = reader.GetOutput()
    loss = data.GetPointData().GetArray("loss")
    points = [list(data.GetPoint(i)) for i in range(data.GetNumberOfPoints())]
    lines = data.GetNumberOfLines() if hasattr(data, "GetNumberOfLines") else 0
    return {"points": points, "loss": [repr(loss.GetValue(i)) for i in range(loss.GetNumberOfTuples())], "lines": lines}
print(json.dumps({
    "vti": read(vtk.vtkXMLImageDataReader(), "grid.vti"),
    "vtr": read(vtk.vtkXMLRectilinearGridReader(), "grid.vtr"),
    "tree": read(vtk.vtkXMLPolyDataReader(), "tree.vtp"),
    "bars": read(vtk.vtkXMLPolyDataReader(), "bars.vtp"),
}))`;
  const { stdout, stderr } = spawnSync(python as string, ["-c", script, folder], { encoding: "utf8" });
  assert.equal(stderr, "");
  const found = JSON.parse(stdout);
  const texts = ["4.0", "1.0", "nan", "0.1", "7.0", "3.0"];
  assert.deepEqual(found.vti.loss, texts);
  assert.deepEqual(found.vti.points.at(-1), [3, 5, 0]);
  assert.deepEqual(found.vtr.loss, texts);
  assert.deepEqual(found.vtr.points[1], [0.25, 2, 0]);
  assert.deepEqual(found.tree, {
    points: [[0.25, 2, 0], [-1, 5, 0], [-1, 2, 0], [0.25, 5, 0]],
    loss: [...numbers(tree, "value")].map((value) => (Number.isInteger(value) ? `${value}.0` : String(value))),
    lines: 3,
  }); // biome-ignore format: one object
  assert.deepEqual(found.bars.loss, ["0.1", "1.0", "4.0"]);
  assert.equal(found.bars.lines, 1);
});
