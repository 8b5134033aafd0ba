import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Bool,
  Float32,
  Int64,
  Table,
  Timestamp,
  TimeUnit,
  tableToIPC,
  Uint8,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { artifact } from "../../src/artifact/artifact.js";
import { encodeArtifact } from "../../src/artifact/artifactFile.js";
import { foreignArtifact } from "../../src/artifact/foreignArtifact.js";

const bytesOf = (columns: Record<string, Vector>) => tableToIPC(new Table(columns), "file");

test("columns of other programs become the columns that the kind has", () => {
  const bytes = bytesOf({
    dimension: vectorFromArray([0n, 0n], new Int64()),
    birth: vectorFromArray([1, 2], new Float32()),
    death: vectorFromArray([3n, null], new Int64()),
    birthVertex: vectorFromArray([4, 5], new Uint8()),
    deathVertex: vectorFromArray([6n, -1n], new Int64()),
    name: vectorFromArray(["a", null], new Utf8()),
    isLong: vectorFromArray([true, false], new Bool()),
    pair: vectorFromArray([
      [1, 2],
      [3, 4],
    ]),
    path: vectorFromArray([[1], [2, 3]]),
  });
  const { columns } = foreignArtifact(bytes, "barcode");
  assert.deepEqual(columns, {
    dimension: Int32Array.of(0, 0),
    birth: Float64Array.of(1, 2),
    death: Float64Array.of(3, Number.NaN),
    birthVertex: Int32Array.of(4, 5),
    deathVertex: Int32Array.of(6, -1),
    name: ["a", ""],
    isLong: Int32Array.of(1, 0),
    pair: { width: 2, values: Float64Array.of(1, 2, 3, 4) },
    path: { offsets: Int32Array.of(0, 1, 3), values: Float64Array.of(1, 2, 3) },
  });
});

test("what Cirque writes itself comes back, with its facts", () => {
  const grid = artifact("grid", { loss: Float64Array.of(1, 2) }, { shape: [2] }, { points: 2 });
  assert.deepEqual(foreignArtifact(encodeArtifact(grid), "grid"), grid);
});

test("what an artifact cannot hold is refused by name", () => {
  const refused = (columns: Record<string, Vector>) => () => foreignArtifact(bytesOf(columns), "table");
  assert.throws(
    refused({ big: vectorFromArray([2n ** 60n + 1n], new Int64()) }),
    /the column "big" holds 1152921504606846977, which f64 cannot hold exactly/,
  );
  assert.throws(
    refused({ at: vectorFromArray([new Date(0)], new Timestamp(TimeUnit.SECOND)) }),
    /the column "at" is of Arrow's type Timestamp/,
  );
  assert.throws(
    () => foreignArtifact(bytesOf({ dimension: vectorFromArray([0.5]) }), "barcode"),
    /the column "dimension" holds 0\.5; expected whole numbers/,
  );
  assert.throws(() => foreignArtifact(new TextEncoder().encode("loss\n1\n"), "table"), /^TypeError: not an Arrow file/);
});
