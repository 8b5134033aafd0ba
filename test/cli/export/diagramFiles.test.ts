import assert from "node:assert/strict";
import { test } from "node:test";
import { artifact } from "../../../src/artifact/artifact.js";
import { exportArtifact } from "../../../src/cli/exportArtifact.js";
import { readNpy } from "../../../src/files/npy.js";

const barcode = artifact("barcode", {
  dimension: Int32Array.of(0, 0),
  birth: Float64Array.of(0.1, 1),
  death: Float64Array.of(Infinity, 4),
  birthVertex: Int32Array.of(3, 1),
  deathVertex: Int32Array.of(-1, 0),
});

test("barcodes become GUDHI's lines and giotto-tda's array", async () => {
  assert.equal(Buffer.from(await exportArtifact(barcode, "gudhi")).toString(), "0 0.1 inf\n0 1 4\n");
  const { shape, values } = readNpy(await exportArtifact(barcode, "giotto"), "a.npy");
  assert.deepEqual(
    [shape, [...values]],
    [
      [1, 2, 3],
      [0.1, Infinity, 0, 1, 4, 0],
    ],
  );
});
