import assert from "node:assert/strict";
import { test } from "node:test";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { artifact } from "../../src/artifact/artifact.js";
import { exportArtifact } from "../../src/cli/exportArtifact.js";
import { readNpz } from "../files/readNpz.js";

const tree = artifact(
  "table",
  {
    loss: Float64Array.of(1.5, Number.NaN, -Infinity),
    step: Int32Array.of(3, -4, 5),
    single: Float32Array.of(0.5, 1, 2),
    name: ["plain", 'with "quotes", commas', "µ\n€𝔸"],
    weights: { width: 2, values: Float32Array.of(1, 2, 3, 4, 5, 6) },
    members: { offsets: Int32Array.of(0, 2, 2, 3), values: Int32Array.of(7, 8, 9) },
  },
  { shape: [3], worst: Number.NaN },
  { rows: 3 },
);
const rows = [
  { loss: 1.5, step: 3, single: 0.5, name: "plain", weights: [1, 2], members: [7, 8] },
  { loss: Number.NaN, step: -4, single: 1, name: 'with "quotes", commas', weights: [3, 4], members: [] },
  { loss: -Infinity, step: 5, single: 2, name: "µ\n€𝔸", weights: [5, 6], members: [9] },
];

test("json holds the facts and a row a line, with numbers that JSON lacks as text", async () => {
  const text = Buffer.from(await exportArtifact(tree, "json")).toString();
  const { kind, summary, metadata, rows: found } = JSON.parse(text);
  assert.deepEqual(
    { kind, summary, metadata },
    { kind: "table", summary: { rows: 3 }, metadata: { shape: [3], worst: "NaN" } },
  );
  const told = (value: number) => (Number.isFinite(value) ? value : String(value));
  assert.deepEqual(
    found,
    rows.map((row) => ({ ...row, loss: told(row.loss) })),
  );
});

test("csv quotes what needs it and writes lists with spaces", async () => {
  assert.equal(
    Buffer.from(await exportArtifact(tree, "csv")).toString(),
    'loss,step,single,name,weights1,weights2,members\r\n1.5,3,0.5,plain,1,2,7 8\r\nNaN,-4,1,"with ""quotes"", commas",3,4,\r\n-Infinity,5,2,"µ\n€𝔸",5,6,9\r\n',
  );
});

test("another program reads the parquet file back", async () => {
  const bytes = await exportArtifact(tree, "parquet");
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  assert.deepEqual(await parquetReadObjects({ file }), rows);
  const { key_value_metadata: facts } = parquetMetadata(file);
  assert.equal(facts?.find(({ key }) => key === "kind")?.value, "table");
});

test("npz holds an array for each column, and offsets for lists", async () => {
  const { name: _, ...columns } = tree.columns;
  const arrays = readNpz(await exportArtifact(artifact("table", columns), "npz"), "t.npz");
  const found = Object.fromEntries(Object.entries(arrays).map(([name, { shape, values }]) => [name, [shape, values]]));
  assert.deepEqual(found, {
    loss: [[3], Float64Array.of(1.5, Number.NaN, -Infinity)],
    step: [[3], Int32Array.of(3, -4, 5)],
    single: [[3], Float32Array.of(0.5, 1, 2)],
    weights: [[3, 2], Float32Array.of(1, 2, 3, 4, 5, 6)],
    members: [[3], Int32Array.of(7, 8, 9)],
    members_offsets: [[4], Int32Array.of(0, 2, 2, 3)],
  });
});

test("columns of bytes have no type in npz", async () => {
  const picture = artifact("table", { png: [Uint8Array.of(1)] });
  await assert.rejects(exportArtifact(picture, "npz"), /the column "png" holds bytes, which npz has no type for/);
});

test("the same artifact gives the same bytes in every format", async () => {
  for (const format of ["csv", "json", "parquet", "npz"] as const) {
    assert.deepEqual(await exportArtifact(tree, format), await exportArtifact(tree, format), format);
  }
});
