import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { openSafetensors } from "../../src/files/safetensors.js";
import { safetensorsBytes, withHeader } from "./weightFiles.js";

const read = (bytes: Uint8Array, key: string) => openSafetensors(bytes, "w").get(key)?.();

/** A file with one tensor of these bytes. */
const single = (dtype: string, shape: number[], ...bytes: number[]) =>
  withHeader({ t: { dtype, shape, data_offsets: [0, bytes.length] } }, Uint8Array.from(bytes));

test("the example of the format's documentation: a header, then little-endian numbers", () => {
  //  {"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}}, then 16 zero bytes
  const text = '<\0\0\0\0\0\0\0{"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}}' + "\0".repeat(16);
  assert.deepEqual(read(Buffer.from(text, "latin1"), "test"), { shape: [2, 2], values: new Int32Array(4) });
});

test("each number type", () => {
  const cases: [string, number[], ArrayLike<number>][] = [
    ["F64", [0, 0, 0, 0, 0, 0, 0xf8, 0x3f], Float64Array.of(1.5)],
    ["F32", [0, 0, 0xc0, 0x3f], Float32Array.of(1.5)],
    ["F16", [0x00, 0x3e], Float32Array.of(1.5)],
    ["BF16", [0xc0, 0xbf], Float32Array.of(-1.5)],
    ["I64", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], Float64Array.of(-1)],
    ["U64", [2, 1, 0, 0, 0, 0, 0, 0], Float64Array.of(258)],
    ["I32", [0xfe, 0xff, 0xff, 0xff], Int32Array.of(-2)],
    ["U32", [0xfe, 0xff, 0xff, 0xff], Uint32Array.of(2 ** 32 - 2)],
    ["I16", [0xfe, 0xff], Int16Array.of(-2)],
    ["U16", [0xfe, 0xff], Uint16Array.of(65534)],
    ["I8", [0xfe], Int8Array.of(-2)],
    ["U8", [0xfe], Uint8Array.of(254)],
    ["BOOL", [1], Uint8Array.of(1)],
  ];
  for (const [dtype, bytes, values] of cases) {
    assert.deepEqual(read(single(dtype, [1], ...bytes), "t"), { shape: [1], values }, dtype);
  }
  assert.deepEqual(
    read(single("BF16", [3], 0x80, 0x7f, 0x80, 0xff, 0xc0, 0x7f), "t")?.values,
    Float32Array.of(Infinity, -Infinity, NaN),
  );
});

test("what is written is read, whatever the names and shapes", () => {
  const number = fc.double();
  const tensor = fc.array(fc.nat(3), { maxLength: 3 }).chain((shape) => {
    const size = shape.reduce((product, n) => product * n, 1);
    return fc
      .array(number, { minLength: size, maxLength: size })
      .map((list) => ({ shape, values: Float64Array.from(list) }));
  });
  const name = fc.string({ unit: "grapheme" }).filter((text) => text !== "__metadata__" && !/^\d+$/.test(text));
  fc.assert(
    fc.property(fc.dictionary(name, tensor, { noNullPrototype: true }), (arrays) => {
      const opened = openSafetensors(safetensorsBytes(arrays), "w");
      assert.deepEqual(new Set(opened.keys()), new Set(Object.keys(arrays)));
      for (const [key, array] of Object.entries(arrays)) assert.deepEqual(opened.get(key)?.(), array);
    }),
    { seed: 5, numRuns: 100 },
  );
});

test("a file that is cut anywhere, or has one byte more, is refused", () => {
  const whole = safetensorsBytes({
    a: { shape: [2], values: Float64Array.of(1, 2) },
    b: { shape: [], values: Float32Array.of(3) },
  });
  for (let length = 0; length < whole.length; length++) {
    assert.throws(
      () => openSafetensors(whole.subarray(0, length), "w"),
      /^Error: w (is not a \.safetensors file|is cut short)/,
    );
  }
  assert.throws(
    () => openSafetensors(Buffer.concat([whole, Buffer.alloc(1)]), "w"),
    /w is too long: 21 bytes of numbers; its header describes 20/,
  );
});

test("a bad header says what is bad", () => {
  const fault = (header: unknown, size: number, message: RegExp) =>
    assert.throws(() => openSafetensors(withHeader(header, new Uint8Array(size)), "w"), message);
  const f32 = (start: number, end: number, shape = [(end - start) / 4]) => ({
    dtype: "F32",
    shape,
    data_offsets: [start, end],
  });
  fault("{", 0, /w is not a \.safetensors file: its header is not JSON/);
  fault("[]", 0, /w has a damaged header: it is not a mapping/);
  fault(
    { a: { dtype: "F32", shape: [1] } },
    4,
    /w: a is not described by dtype, shape and data_offsets: \{"dtype":"F32","shape":\[1\]\}/,
  );
  fault({ a: null }, 4, /w: a is not described/);
  fault({ a: f32(0, 4, [-1]) }, 4, /w: a is not described/);
  fault({ a: f32(0, 4, [3]) }, 4, /w: a has the bytes 0 to 4; expected 12 bytes for \[3\] of F32/);
  fault({ a: f32(4, 0, [1]) }, 4, /w: a has the bytes 4 to 0/);
  fault(
    { a: f32(0, 8), b: f32(4, 12) },
    12,
    /w is damaged: b begins at byte 4 and overlaps the tensor before it; expected 8/,
  );
  fault({ a: f32(0, 4), b: f32(8, 12) }, 12, /w is damaged: b begins at byte 8 and leaves a gap before it; expected 4/);
  const huge = Buffer.alloc(16, 0xff);
  assert.throws(
    () => openSafetensors(huge, "w"),
    /announce a header of 18446744073709552000 bytes; expected at most 100 MB/,
  );
  // Other tensors of the file can still be read.
  const eight = withHeader(
    { a: { dtype: "F8_E4M3", shape: [2], data_offsets: [0, 2] }, b: f32(2, 6) },
    new Uint8Array(6),
  );
  assert.deepEqual(read(eight, "b")?.values, Float32Array.of(0));
  assert.throws(() => read(eight, "a"), /w: a has dtype F8_E4M3; expected one of F64, F32, /);
});
