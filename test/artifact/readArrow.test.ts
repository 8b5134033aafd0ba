import assert from "node:assert/strict";
import { test } from "node:test";
import { Table, tableToIPC, vectorFromArray } from "apache-arrow";
import { artifact } from "../../src/artifact/artifact.js";
import { decodeArtifact, encodeArtifact } from "../../src/artifact/artifactFile.js";
import { foreignArtifact } from "../../src/artifact/foreignArtifact.js";
import { readMutations } from "../mutations.js";

const all = artifact(
  "table",
  {
    loss: Float64Array.of(1, 2, 3),
    step: Int32Array.of(1, 2, 3),
    name: ["one", "two", "three"],
    png: [Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)],
    vector: { width: 2, values: Float32Array.of(1, 2, 3, 4, 5, 6) },
    members: { offsets: Int32Array.of(0, 2, 2, 3), values: Int32Array.of(7, 8, 9) },
  },
  { shape: [3] },
);

/** Without what the reader adds for its callers. */
const told = (read: (bytes: Uint8Array) => unknown) => (bytes: Uint8Array) => {
  try {
    return read(bytes);
  } catch (error) {
    throw new Error(`a.arrow: ${(error as Error).message}`);
  }
};

test("damaged artifacts are refused, or read, within a second", async () => {
  const bytes = encodeArtifact(all);
  const refused = await readMutations(bytes, "a.arrow", told(decodeArtifact));
  assert.ok(refused > 100, `${refused} refused`);
});

test("damaged files and streams of other programs are refused, or read, within a second", async () => {
  const table = new Table({
    word: vectorFromArray(["a", "b", "a"]), // a dictionary
    flag: vectorFromArray([true, false, true]),
    number: vectorFromArray([1.5, 2.5, null]),
    lists: vectorFromArray([[1], [2, 3], [4]]),
  });
  for (const kind of ["file", "stream"] as const) {
    const bytes = tableToIPC(table, kind);
    assert.deepEqual(foreignArtifact(bytes, "table").columns.word, ["a", "b", "a"]);
    const refused = await readMutations(
      bytes,
      "a.arrow",
      told((damaged) => foreignArtifact(damaged, "table")),
    );
    assert.ok(refused > 50, `${refused} refused`);
  }
});

test("a batch or a column that claims more rows than the file can hold is refused before anything is allocated", () => {
  const bytes = tableToIPC(new Table({ a: vectorFromArray([1.5, 2.5]), b: vectorFromArray([3.5, 4.5]) }), "stream");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const claims = Array.from({ length: bytes.length - 8 }, (_, at) => at).filter(
    (at) => at % 8 === 0 && view.getBigInt64(at, true) === 2n,
  );
  // The batch and its two columns.
  assert.ok(claims.length >= 3);
  let refused = 0;
  for (const at of claims) {
    for (const rows of [-1n, 2n ** 31n - 1n, 2n ** 62n]) {
      const damaged = Uint8Array.from(bytes);
      new DataView(damaged.buffer).setBigInt64(at, rows, true);
      const before = process.memoryUsage().rss;
      try {
        foreignArtifact(damaged, "table");
      } catch (error) {
        if (new RegExp(`claims ${rows} rows`).test((error as Error).message)) refused++;
      }
      assert.ok(process.memoryUsage().rss - before < 100e6);
    }
  }
  assert.ok(refused >= 6, `${refused} refused`);
});

test("a block of a file that is no record batch is refused; apache-arrow reads it for ever", () => {
  const bytes = encodeArtifact(all);
  // The first message: its type is one byte, whose place the table's description tells at its third slot.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const table = 16 + view.getUint32(16, true);
  const place = table - view.getInt32(table, true) + 6;
  assert.equal(bytes[table + view.getUint16(place, true)], 3);
  const typeless = Uint8Array.from(bytes);
  typeless.fill(0, place, place + 2);
  assert.throws(() => decodeArtifact(typeless), /an Arrow file with a message of type 0 at byte 8; expected 3/);
  const schema = Uint8Array.from(bytes);
  schema[table + view.getUint16(place, true)] = 1;
  assert.throws(() => decodeArtifact(schema), /an Arrow file with a (message of type 1|damaged message) at byte 8/);
  const empty = Uint8Array.from(bytes);
  empty.fill(0, 12, 16);
  assert.throws(() => decodeArtifact(empty), /an Arrow file that ends within the message at byte 8/);
});
