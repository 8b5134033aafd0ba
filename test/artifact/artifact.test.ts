import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import {
  artifact,
  type Column,
  concatenate,
  lazily,
  rowCount,
  type VectorColumn,
  vectorAt,
  wholeArtifact,
} from "../../src/artifact/artifact.js";
import { decodeArtifact, encodeArtifact, readArtifact, writeArtifact } from "../../src/artifact/artifactFile.js";

const grid = (loss: number[]) => artifact("grid", { loss: Float64Array.from(loss) }, { shape: [loss.length] });

test("an artifact of every column type survives the file, empty or not", () => {
  const text = fc.string({ unit: "grapheme" });
  const row = fc.record({
    real: fc.double(),
    single: fc.float(),
    whole: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    text,
    bytes: fc.uint8Array(),
    vector: fc.tuple(fc.double(), fc.double(), fc.double()),
    pixels: fc.uint8Array({ minLength: 5, maxLength: 5 }),
    tokens: fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer()),
    list: fc.array(fc.integer({ min: 0, max: 1000 })),
  });
  const property = fc.property(fc.array(row, { maxLength: 20 }), (rows) => {
    const lists = rows.map(({ list }) => list);
    const columns: Record<string, Column> = {
      real: Float64Array.from(rows, (r) => r.real),
      single: Float32Array.from(rows, (r) => r.single),
      whole: Int32Array.from(rows, (r) => r.whole),
      text: rows.map((r) => r.text),
      vector: { width: 3, values: Float64Array.from(rows.flatMap((r) => r.vector)) },
      pixels: { width: 5, values: Uint8Array.from(rows.flatMap((r) => [...r.pixels])) },
      tokens: { width: 2, values: Int32Array.from(rows.flatMap((r) => r.tokens)) },
      list: {
        offsets: Int32Array.from([0, ...lists.map((_, i) => lists.slice(0, i + 1).flat().length)]),
        values: Int32Array.from(lists.flat()),
      },
      ...(rows.length > 0 && { bytes: rows.map((r) => r.bytes) }),
    };
    const table = artifact("table", columns, { unit: "direction", worst: Number.NaN, top: Infinity });
    const again = decodeArtifact(encodeArtifact(table));
    assert.deepEqual(again, table);
    assert.deepEqual(encodeArtifact(again), encodeArtifact(table), "the same bytes");
  });
  fc.assert(property, { seed: 1, numRuns: 200 });
});

test("columns beyond one record batch come back whole", () => {
  const rows = 3000;
  const width = 4096; // 32 KiB a row, so 64 MB hold 2048 rows
  const values = Float64Array.from({ length: rows * width }, (_, i) => i);
  const model = artifact("model", {
    step: Int32Array.from({ length: rows }, (_, i) => i),
    loss: new Float64Array(rows),
    weights: { width, values },
  });
  const again = decodeArtifact(encodeArtifact(model));
  assert.equal(rowCount(again), rows);
  assert.deepEqual(vectorAt(again, "weights", rows - 1), values.slice(-width));
});

/** Five rows of 10 MiB of weights, and of everything else that a column may be. */
const heavy = (k: number) =>
  artifact(
    "model",
    {
      step: Int32Array.from([0, 1, 2, 3, 4], (i) => 5 * k + i),
      loss: Float64Array.from([0, 1, 2, 3, 4], (i) => k / (1 + i)),
      weights: { width: 2_621_440, values: new Float32Array(5 * 2_621_440).map((_, i) => (i % 1009) + k) },
      name: ["a", "b", "c", "d", `e${k}`],
      list: { offsets: Int32Array.of(0, 1, 1, 3, 3, 3), values: Int32Array.of(k, 7, 8) },
    },
    { of: "first" },
  );

test("an artifact is written piece by piece, and read batch by batch: the rows are those of the pieces in order", () => {
  const path = join(mkdtempSync(join(tmpdir(), "cirque-pieces-")), "model.arrow");
  const file = openSync(path, "w");
  let alive = 0;
  const pieces = lazily([0, 1, 2, 3], (k) => {
    alive++;
    return heavy(k);
  });
  const summary = { rows: 20 };
  writeArtifact({ kind: "model", pieces, metadata: { joined: true }, summary }, (part) => writeSync(file, part));
  closeSync(file);
  assert.equal(alive, 4, "each piece is made once");
  const again = readArtifact(path);
  rmSync(path);
  const expected = concatenate([0, 1, 2, 3].map(heavy));
  assert.equal(rowCount(again), 20);
  assert.deepEqual([again.metadata, again.summary], [{ joined: true }, summary]);
  for (const name of ["step", "loss", "name", "list"]) assert.deepEqual(again.columns[name], expected.columns[name]);
  const bytes = ({ columns }: typeof again) => Buffer.from((columns.weights as VectorColumn).values.buffer);
  assert.equal(Buffer.compare(bytes(again), bytes(expected)), 0);
  assert.deepEqual(wholeArtifact({ kind: "model", pieces, metadata: {}, summary }).columns.list, expected.columns.list);
});

test("pieces of other columns than the first are refused", () => {
  const write = (...pieces: Record<string, Column>[]) =>
    writeArtifact(
      { kind: "table", pieces: pieces.map((columns) => ({ columns })), metadata: {}, summary: {} },
      () => {},
    );
  const x = Float64Array.of(1);
  assert.throws(() => write({ x }, { y: x }), /columns y: Float64; expected x: Float64/);
  assert.throws(() => write({ x }, { x: Int32Array.of(1) }), /columns x: Int32; expected x: Float64/);
});

test("a missing leading column, a wrong type and unequal lengths are named", () => {
  assert.throws(() => artifact("grid", {}), /grid\.loss is missing; expected f64/);
  assert.throws(() => artifact("grid", { loss: new Int32Array(2) }), /grid\.loss is int; expected f64/);
  assert.throws(
    () => artifact("grid", { loss: new Float64Array(2), a1: new Float64Array(3) }),
    /grid\.a1 has 3 rows; expected 2/,
  );
  assert.throws(() => decodeArtifact(new Uint8Array([1, 2, 3])));
});

test("pieces are put together in order, lists included", () => {
  const piece = (offset: number, lists: number[][]) =>
    artifact("table", {
      x: Float64Array.from(lists, (_, i) => offset + i),
      members: {
        offsets: Int32Array.from([0, ...lists.map((_, i) => lists.slice(0, i + 1).flat().length)]),
        values: Int32Array.from(lists.flat()),
      },
    });
  const whole = concatenate([piece(0, [[1, 2], []]), piece(2, [[3]])]);
  assert.deepEqual(whole.columns, piece(0, [[1, 2], [], [3]]).columns);
  assert.deepEqual(concatenate([grid([1]), grid([2, 3])]).columns.loss, Float64Array.of(1, 2, 3));
});
