import assert from "node:assert/strict";
import { test } from "node:test";
import { artifact } from "../../src/artifact/artifact.js";
import { csv } from "../../src/cli/export/csv.js";

test("tables become comma-separated values: text quoted where it must be, numbers in full, lists with spaces", () => {
  const table = artifact("table", {
    'na"me': ["plain", 'a,b "c"\nd'],
    real: Float64Array.of(0.1 + 0.2, Number.NEGATIVE_INFINITY),
    whole: Int32Array.of(3, -1),
    members: { offsets: Int32Array.of(0, 2, 2), values: Int32Array.of(5, 7) },
    vector: { width: 2, values: Float64Array.of(1, 2, 3, Number.NaN) },
  });
  assert.equal(
    new TextDecoder().decode(csv(table)),
    [
      '"na""me",real,whole,members,vector1,vector2',
      "plain,0.30000000000000004,3,5 7,1,2",
      '"a,b ""c""\nd",-Infinity,-1,,3,NaN',
      "",
    ].join("\r\n"),
  );
});
