import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { readZip } from "../../src/files/zip.js";
import { readNpz } from "./readNpz.js";

/** Archives that Python's zipfile wrote, by way of NumPy: deflated, and with 64-bit sizes in each local header. */
const packed = readFileSync("test/fixtures/numpy/orders.npz");
const plain = readFileSync("test/fixtures/numpy/others.npz");

const contents = (bytes: Uint8Array) =>
  new Map([...readZip(bytes, "a.zip")].map(([name, unpack]) => [name, unpack()] as const));

test("stored and deflated files are unpacked, a comment may follow", () => {
  assert.equal(new TextDecoder().decode(readZip(plain, "a.zip").get("readme.txt")?.()), "not an array");
  assert.deepEqual(
    [...contents(packed).keys()],
    ["c", "fortran", "part", "number", "empty"].map((key) => `${key}.npy`),
  );
  const commented = Buffer.concat([packed, Buffer.from("hi")]);
  commented.writeUInt16LE(2, packed.length - 2);
  assert.deepEqual(contents(commented), contents(packed));
});

test("64-bit sizes and offsets are read from where zip64 has them", () => {
  // One stored file "a" of three bytes, all its sizes in the extra field, the directory told by the zip64 records.
  const local = Buffer.concat([Buffer.alloc(30), Buffer.from("a"), Buffer.from("abc")]);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(1, 26);
  const entry = Buffer.alloc(46 + 1 + 28);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt32LE(0x352441c2, 16);
  for (const field of [20, 24, 42]) entry.writeUInt32LE(0xffffffff, field);
  entry.writeUInt16LE(1, 28);
  entry.writeUInt16LE(28, 30);
  entry.write("a", 46);
  entry.writeUInt16LE(1, 47);
  entry.writeUInt16LE(24, 49);
  entry.writeBigUInt64LE(3n, 51);
  entry.writeBigUInt64LE(3n, 59);
  entry.writeBigUInt64LE(0n, 67);
  const end = Buffer.alloc(56 + 20 + 22);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(1n, 32);
  end.writeBigUInt64LE(BigInt(local.length), 48);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(local.length + entry.length), 64);
  end.writeUInt32LE(0x06054b50, 76);
  end.writeUInt16LE(0xffff, 86);
  end.writeUInt32LE(0xffffffff, 92);
  assert.deepEqual(contents(Buffer.concat([local, entry, end])), new Map([["a", Buffer.from("abc")]]));
});

test("what is not an archive, is cut short, encrypted or packed otherwise is not read", () => {
  assert.throws(() => readZip(new Uint8Array(100), "a.npz"), /a\.npz is not a zip archive, or is cut short/);
  assert.throws(() => readZip(packed.subarray(0, -1), "a.npz"), /is cut short: it has no directory/);
  assert.throws(() => readZip(packed.subarray(100), "a.npz"), /is a damaged zip archive: entry 1 of 5/);
  const directory = packed.indexOf("PK\x01\x02", 0, "latin1");
  const changed = (offset: number, value: number) => {
    const copy = Buffer.from(packed);
    copy[directory + offset] = value;
    return () => contents(copy);
  };
  assert.throws(changed(8, 1), /a\.zip: c\.npy is encrypted/);
  assert.throws(changed(10, 14), /c\.npy is compressed by method 14; expected 0 \(stored\) or 8 \(deflated\)/);
  assert.throws(changed(16, packed[directory + 16] ^ 1), /c\.npy is damaged: its checksum differs/);
  assert.throws(changed(24, packed[directory + 24] ^ 1), /c\.npy is damaged/);
});

test("one changed bit is told, or changes no number", () => {
  const expected = readNpz(packed, "a.npz");
  fc.assert(
    fc.property(fc.nat(8 * packed.length - 1), (bit) => {
      const copy = Buffer.from(packed);
      copy[bit >> 3] ^= 1 << (bit & 7);
      let found: typeof expected;
      try {
        found = readNpz(copy, "a.npz");
      } catch (error) {
        assert.match((error as Error).message, /^a\.npz/);
        return;
      }
      for (const [key, array] of Object.entries(found)) if (key in expected) assert.deepEqual(array, expected[key]);
    }),
    { seed: 3, numRuns: 500 },
  );
});

test("an archive that has a name twice is refused: which of the two is meant?", () => {
  const twice = Buffer.from(plain.toString("latin1").replaceAll("version3.npy", "version2.npy"), "latin1");
  assert.throws(() => readZip(twice, "a.zip"), {
    message: 'a.zip is a damaged zip archive: it has the file "version2.npy" twice',
  });
});
