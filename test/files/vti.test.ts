import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { readVti } from "../../src/files/vti.js";

/** One image in every encoding; test/fixtures/vti_files.py says how they were written. */
const folder = "test/fixtures/vti";
const ascii = readFileSync(`${folder}/ascii.vti`, "utf8");
const read = (text: string | Uint8Array) => readVti(Buffer.from(text as string), "a.vti");

test("text, base64 and raw bytes, compressed or not, in both byte orders hold the same image", () => {
  const names = readdirSync(folder);
  assert.equal(names.length, 8);
  for (const name of names) {
    const { shape, axes, arrays } = readVti(readFileSync(`${folder}/${name}`), name);
    assert.deepEqual(shape, [4, 3, 1], name);
    assert.deepEqual(
      axes().map((axis) => [...axis]),
      [[11, 11.5, 12, 12.5], [-1, 1, 3], [0]],
      name,
    );
    assert.deepEqual([...arrays.keys()], ["loss", "steps"]);
    const at = (i: number, j: number) => i + 4 * j;
    assert.equal(arrays.get("loss")?.()[at(3, 1)], 13.5, name);
    assert.equal(arrays.get("steps")?.()[at(1, 2)], -7, name);
    assert.equal(arrays.get("loss")?.().length, 12, name);
  }
});

test("numbers that are not finite are kept", () => {
  const loss = read(ascii.replace("0.5 1.5 2.5", "nan -inf inf")).arrays.get("loss")?.() ?? [];
  assert.deepEqual([...loss].slice(0, 3), [NaN, -Infinity, Infinity]);
});

test("what cannot be read is called by its name", () => {
  const faults: [string | Uint8Array, RegExp][] = [
    ["<svg/>", /^Error: a\.vti holds <svg>; expected a VTKFile of type ImageData$/],
    [ascii.replace('type="ImageData"', 'type="PolyData"'), /holds VTK data of type PolyData/],
    [ascii.replaceAll("PointData", "CellDatum"), /a\.vti has no values; expected an array on points/],
    [
      ascii.replace(/<CellData>\s*<\/CellData>/, "").replaceAll("PointData", "CellData"),
      /has values on cells only; expected an array on points \(in ParaView: Cell Data to Point Data\)/,
    ],
    [
      ascii.replace("<VTKFile ", '<VTKFile compressor="vtkLZ4DataCompressor" '),
      /has compressor="vtkLZ4DataCompressor"; expected vtkZLibDataCompressor/,
    ],
    [ascii.replace("Origin=", 'Direction="0 1 0 1 0 0 0 0 1" Origin='), /a\.vti has rotated axes/],
    [ascii.replace('Spacing="0.5 2 1"', 'Spacing="0.5 two"'), /<ImageData> has Spacing="0\.5 two"; expected 3 numbers/],
    [
      ascii.replaceAll('xtent="2 5 0 2 0 0"', 'xtent="5 2 0 2 0 0"'),
      /has the extent 5 2 0 2 0 0; expected a first and a last index/,
    ],
    [ascii.replace("</VTKFile>", ""), /a\.vti:\d+ is not well-formed XML: <VTKFile> without its end/],
    [ascii.replace("</Piece>", "</Peace>"), /a\.vti:16 is not well-formed XML: <\/Peace> ends <Piece>/],
    [
      readFileSync(`${folder}/raw.vti`, "latin1").replace(/\n_[\s\S]*/, ""),
      /a\.vti is cut short: its appended data is missing/,
    ],
    [Uint8Array.of(0x3c, 0xff), /a\.vti is not an XML file in UTF-8/],
  ];
  for (const [text, message] of faults) assert.throws(() => read(text), message);
});

test("an array that cannot be read is told when it is asked for, and stands in no other's way", () => {
  const fixture = (name: string) => readFileSync(`${folder}/${name}.vti`);
  /** A file up to this many bytes of its appended data. */
  const cut = (name: string, bytes: number) => fixture(name).subarray(0, fixture(name).indexOf("\n_") + 2 + bytes);
  const faults: [Uint8Array | string, RegExp][] = [
    [ascii.replace("0.5 1.5", "0.5"), /^Error: a\.vti: loss has 11 numbers; expected 12$/],
    [ascii.replace("0.5 1.5", "0.5 one"), /a\.vti: loss has "one"; expected a number/],
    [
      ascii.replace('Name="loss"', 'Name="loss" NumberOfComponents="3"'),
      /loss has 3 components; expected one number per point/,
    ],
    [ascii.replace('type="Float32"', 'type="String"'), /loss is of type "String"; expected one of Float64/],
    [ascii.replace('format="ascii"', 'format="binary"'), /a\.vti: loss has "\." at character 1 of its base64 text/],
    [cut("raw", 20), /loss is cut short: \d+ bytes; expected 48/],
    [cut("raw-zlib-big-64", 60), /loss is cut short/],
    [
      fixture("binary").toString().replace('xtent="2 5', 'xtent="2 6').replace('xtent="2 5', 'xtent="2 6'),
      /loss has 48 bytes; expected 60 for 15 numbers/,
    ],
    [
      fixture("raw").toString("latin1").replace('offset="0"', 'offset="9999"'),
      /loss is at offset 9999 of the appended data, which is missing/,
    ],
  ];
  for (const [text, message] of faults) {
    const { arrays } = read(text);
    assert.throws(arrays.get("loss") as () => void, message);
  }
  const damaged = fixture("raw-zlib-big-64");
  damaged[damaged.indexOf("\n_") + 2 + 48] ^= 0xff;
  assert.throws(read(damaged).arrays.get("loss") as () => void, /a\.vti: loss: block 1 of 2 is damaged/);
});
