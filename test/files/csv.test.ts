import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readCsv } from "../../src/files/csv.js";

const read = (text: string) => readCsv(new TextEncoder().encode(text), "a.csv");
const columns = (text: string) => {
  const table = read(text);
  return Array.from({ length: table.width }, (_, c) => [...table.column(c)]);
};

test("commas, semicolons, tabs and spaces separate; comments and empty lines are skipped", () => {
  for (const text of [
    "1,2\n3,4\n",
    "1;2\r\n3;4",
    "# made by hand\n\n1\t2\n\n3\t4\n",
    "  1   2\n 3 4\n# the end\n",
    "\uFEFF1, 2\n3, 4",
    '"1","2"\n"3","4"',
  ]) {
    assert.deepEqual(columns(text), [[1, 3], [2, 4]], JSON.stringify(text)); // biome-ignore format: a matrix
    assert.equal(read(text).names, undefined);
  }
  assert.deepEqual(columns("nan,-inf\n+Infinity,-1.5E-3\n.5,5."), [
    [NaN, Infinity, 0.5],
    [-Infinity, -0.0015, 5],
  ]);
});

test("the first line names the columns when it is not numbers, as does a comment of as many words", () => {
  assert.deepEqual(read("x,y,loss\n1,2,3").names, ["x", "y", "loss"]);
  assert.deepEqual(read("# x y loss\n1 2 3").names, ["x", "y", "loss"], "as numpy.savetxt writes it");
  assert.equal(read("# made by hand today\n1 2 3").names, undefined);
  const quoted = read('"alpha, first";"a ""b""";"two\nlines"\n1;2;3\n');
  assert.deepEqual(quoted.names, ["alpha, first", 'a "b"', "two\nlines"]);
  assert.equal(quoted.lineOf(0), 3);
});

test("a cell that is not a number is told by line and column, when its column is wanted", () => {
  const table = read("name,loss\na,1\nb,\n");
  assert.throws(() => table.column(0), /^Error: a\.csv:2 column 1 \("name"\) is "a"; expected a number$/);
  assert.throws(() => table.column(1), /a\.csv:3 column 2 \("loss"\) is empty; expected a number/);
  assert.throws(
    () => read("1;2\n1,5;3").column(0),
    /a\.csv:2 column 1 is "1,5"; expected a number with a decimal point/,
  );
  assert.throws(() => read("1,2\n\n3\n"), /a\.csv:3 has 1 cells; expected 2, like line 1/);
  assert.throws(() => read("x,y\n"), /a\.csv holds no numbers/);
  assert.throws(() => read("# nothing\n"), /holds no numbers/);
  assert.throws(() => read('1,"2\n3,4'), /a\.csv:1:\d+ has a quote without an end/);
  assert.throws(() => readCsv(Uint8Array.of(0xff, 0xfe, 0x31), "a.csv"), /a\.csv is not UTF-8 text/);
});

test("numbers written with any separator, quoted or not, are read back", () => {
  const tables = fc
    .integer({ min: 1, max: 4 })
    .chain((width) =>
      fc.tuple(
        fc.array(fc.array(fc.double(), { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
        fc.constantFrom(",", ";", "\t", " "),
        fc.boolean(),
      ),
    );
  fc.assert(
    fc.property(tables, ([rows, separator, quoted]) => {
      const cell = (value: number) => (quoted ? `"${value}"` : String(value));
      const text = rows.map((row) => row.map(cell).join(separator)).join("\n");
      const expected = rows[0].map((_, c) => rows.map((row) => row[c] + 0));
      assert.deepEqual(
        columns(text).map((column) => column.map((value) => value + 0)),
        expected,
      );
    }),
    { seed: 4, numRuns: 200 },
  );
});
