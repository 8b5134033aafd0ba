import assert from "node:assert/strict";
import { test } from "node:test";
import { type TableColumns, table } from "../../../src/data/sources/table.js";
import { folderOf, readAll } from "../files.js";

const whole = { split: "all", testFraction: 0.2, validationFraction: 0, splitSeed: 0, standardize: false } as const;

const iris = "length,width,species\n5.1,3.5,setosa\n7,3.2,versicolor\n6.3,3.3,virginica\n4.9,3,setosa\n";

function csv(content: string, options: Partial<TableColumns> = {}) {
  const path = `${folderOf({ "a.csv": content })}/a.csv`;
  return table(path, { ...whole, target: "species", task: "classification", ...options });
}

test("CSV: features and classes by name, in the order of the file", async () => {
  const { inputs, targets, classes, inputShape } = await readAll(csv(iris));
  assert.deepEqual([...inputs], [5.1, 3.5, 7, 3.2, 6.3, 3.3, 4.9, 3]);
  assert.deepEqual([[...targets], classes, inputShape], [[0, 1, 2, 0], ["setosa", "versicolor", "virginica"], [2]]);
  const chosen = await readAll(csv(iris, { features: ["width"] }));
  assert.deepEqual([...chosen.inputs], [3.5, 3.2, 3.3, 3]);
  const quoted = await readAll(csv('a;species\n1;"x; y"\n2;"10"\n3;"x; y"\n'));
  assert.deepEqual(
    [quoted.classes, [...quoted.targets]],
    [
      ["10", "x; y"],
      [1, 0, 1],
    ],
  );
  const counted = await readAll(csv("a,species\n1,10\n2,9\n3,10\n"));
  assert.deepEqual(counted.classes, ["9", "10"], "numbers are in order of size");
  const numbers = await readAll(csv(iris, { target: "width", features: ["length"], task: "regression" }));
  assert.deepEqual([[...numbers.targets], numbers.targetShape], [[3.5, 3.2, 3.3, 3], [1]]);
});

test("CSV: faults are named with line and column", () => {
  const fails = (content: string, message: RegExp, options: Partial<TableColumns> = {}) =>
    assert.throws(() => csv(content, options), message);
  fails(iris, /has no column "kind"; its columns are length, width, species/, { target: "kind" });
  fails(iris, /a\.csv:2 column 3 \("species"\) is "setosa"; expected a number/, { target: "width" });
  fails("a,species\n1,x\nnan,y\n", /a\.csv:3 column "a" is NaN; expected a finite number/);
  fails("a,species\n1,x\n,y\n", /a\.csv:3 column 1 \("a"\) is empty/);
  fails("a,species\n1,x\n2,\n", /column "species" has an empty cell/);
  fails("a,species\n1,x\n2,x\n", /holds one class, x; expected two or more/);
  fails("a,a,species\n1,2,x\n", /has 2 columns "a"/);
  fails("1,2\n3,4\n", /has no column names; expected them in its first line/);
  fails(iris, /the target "species" is among the features/, { features: ["species"] });
});
