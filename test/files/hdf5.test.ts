import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type * as h5wasm from "h5wasm";
import { type Hdf5File, isHdf5, readHdf5 } from "../../src/files/hdf5.js";
import { hdf5Library } from "../../src/files/hdf5Library.js";
import { type Hdf5Entry, writeHdf5 } from "../../src/files/writeHdf5.js";
import { referencePath, withoutReference } from "../reference.js";

const small = new Map<string, Hdf5Entry>([
  [
    "loss",
    { shape: [2, 3], values: Float64Array.of(0, 1, 2, 3, 4, Number.NaN), attributes: { unit: "nats", scale: 2 } },
  ],
  ["model/dense/kernel:0", { shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) }],
  ["model/dense/names", { shape: [2], values: ["first", "zweitär"] }],
  ["steps", { shape: [], values: Int32Array.of(7) }],
]);

/** A file that the library writes directly, with options that the product's writer has no use for. */
async function written(make: (file: h5wasm.File) => void): Promise<Uint8Array> {
  const { library, module } = await hdf5Library();
  const file = new library.File("/test.h5", "w");
  make(file);
  file.close();
  const bytes = module.FS.readFile("/test.h5");
  module.FS.unlink("/test.h5");
  return bytes;
}

test("datasets, groups and attributes come back as they were written, and twice the same bytes", async () => {
  const bytes = await writeHdf5(small, { tool: "cirque", names: ["a", "b"] });
  assert.ok(isHdf5(bytes));
  await readHdf5(bytes, "a.h5", (file) => {
    assert.deepEqual([...file.datasets.keys()], ["loss", "model/dense/kernel:0", "model/dense/names", "steps"]);
    assert.deepEqual(file.groups, ["", "model", "model/dense"]);
    assert.equal(file.attributes("").get("tool")?.(), "cirque");
    assert.deepEqual(file.attributes("").get("names")?.(), ["a", "b"]);
    const loss = file.datasets.get("loss");
    assert.deepEqual([loss?.shape, loss?.type], [[2, 3], "f8"]);
    assert.deepEqual(loss?.read(), Float64Array.of(0, 1, 2, 3, 4, Number.NaN));
    assert.equal(loss?.attributes.get("unit")?.(), "nats");
    assert.equal(loss?.attributes.get("scale")?.(), 2);
    assert.deepEqual(file.datasets.get("model/dense/kernel:0")?.read(), Float32Array.of(1, 2, 3, 4));
    assert.deepEqual(file.datasets.get("model/dense/names")?.texts(), ["first", "zweitär"]);
    assert.deepEqual(file.datasets.get("steps")?.shape, []);
    assert.deepEqual(file.datasets.get("steps")?.read(), Int32Array.of(7));
    assert.throws(() => file.datasets.get("model/dense/names")?.read(), /^Error: a.h5: model\/dense\/names holds text/);
  });
  await new Promise((resolve) => setTimeout(resolve, 1100)); // the format counts seconds
  assert.deepEqual(await writeHdf5(small, { tool: "cirque", names: ["a", "b"] }), bytes);
});

test("numbers as h5py stores them: the other byte order, half precision, truth values, packed chunks", async () => {
  const bytes = readFileSync("test/fixtures/hdf5/types.h5");
  await readHdf5(bytes, "types.h5", ({ datasets }) => {
    const read = (key: string) => datasets.get(key)?.read();
    assert.deepEqual(
      read("big"),
      Float64Array.from([0, 1, 2, 3, 4], (i) => i / 3),
    );
    assert.deepEqual(read("half"), Float32Array.of(0.5, -2, 65504));
    assert.deepEqual(Array.from(read("truth") ?? []), [1, 0, 1]);
    assert.deepEqual(read("scalar"), Float32Array.of(3.5));
    assert.deepEqual(datasets.get("fixed")?.texts(), ["one", "three"]);
    assert.deepEqual([datasets.get("empty")?.shape, read("empty")], [[0, 3], new Float64Array()]);
    assert.throws(() => read("complex"), /^Error: types.h5: complex holds compounds of several fields/);
    const packed = datasets.get("packed");
    assert.deepEqual(
      packed?.read(),
      Int32Array.from({ length: 24 }, (_, i) => i),
    );
    assert.equal(packed?.attributes.get("one")?.(), 7);
    assert.deepEqual(packed?.attributes.get("many")?.(), Float32Array.of(0, 1, 2));
    assert.equal(packed?.attributes.get("name")?.(), "packed");
  });
});

test("an array larger than one slab is read whole, its last numbers included", async () => {
  const count = 20_000_000; // 160 MB in slabs of 64 MiB
  const values = Float64Array.from({ length: count }, (_, i) => i + 1);
  const bytes = await writeHdf5(new Map([["x", { shape: [count / 100, 100], values }]]));
  await readHdf5(bytes, "large.h5", ({ datasets }) => {
    const found = datasets.get("x")?.read() as Float64Array;
    assert.ok(Buffer.from(found.buffer).equals(Buffer.from(values.buffer)));
  });
});

test("a dataset that claims far more than its file holds is refused before memory is taken", async () => {
  const bytes = await written((file) => {
    const created = file.create_dataset({
      name: "x",
      data: Float64Array.of(1, 2),
      shape: [2],
      maxshape: [null],
      chunks: [1024],
    });
    created.resize([1e9]);
  });
  await readHdf5(bytes, "claims.h5", ({ datasets }) => {
    assert.deepEqual(datasets.get("x")?.shape, [1e9]);
    assert.throws(
      () => datasets.get("x")?.read(),
      /^Error: claims.h5: x claims 8000000000 bytes from \d+; expected at most/,
    );
  });
});

test("links into other files and links to nothing are left out", async () => {
  const bytes = await written((file) => {
    file.create_dataset({ name: "x", data: Float64Array.of(1) });
    file.create_external_link("/etc/passwd", "/x", "outside");
    file.create_soft_link("/nowhere", "dangling");
  });
  const names = await readHdf5(bytes, "links.h5", ({ datasets }) => [...datasets.keys()]);
  assert.deepEqual(names, ["x"]);
});

test("what is not an HDF5 file, or a damaged one, ends with the file's name; the next file is read", async () => {
  await assert.rejects(
    readHdf5(Buffer.from("no"), "x.h5", () => 0),
    /^Error: x.h5 is not an HDF5 file, or is cut short/,
  );
  const bytes = await writeHdf5(small);
  for (const length of [9, 100, 600, bytes.length - 8]) {
    await assert.rejects(readHdf5(bytes.slice(0, length), "cut.h5", readAll), /^Error: cut.h5/);
  }
  assert.equal(await readHdf5(bytes, "whole.h5", ({ datasets }) => datasets.size), 4);
});

test("an error of the reader is not the file's", async () => {
  const bytes = await writeHdf5(small);
  const own = new TypeError("mine");
  await assert.rejects(
    readHdf5(bytes, "a.h5", () => {
      throw own;
    }),
    (error) => error === own,
  );
});

function readAll({ datasets, groups, attributes }: Hdf5File) {
  for (const { type, read, texts, attributes: own } of datasets.values()) {
    if (type === "text") texts();
    else read();
    for (const value of own.values()) value();
  }
  for (const group of groups) for (const value of attributes(group).values()) value();
}

test("Keras weights of the reference data have their layers' names", {
  skip: withoutReference("exports/mlp_keras.weights.h5"),
}, async () => {
  const bytes = readFileSync(referencePath("exports/mlp_keras.weights.h5"));
  await readHdf5(bytes, "keras", (file) => {
    assert.deepEqual(file.datasets.get("dense/dense/kernel:0")?.shape, [8, 16]);
    assert.deepEqual(file.attributes("dense").get("weight_names")?.(), ["dense/kernel:0", "dense/bias:0"]);
  });
});
