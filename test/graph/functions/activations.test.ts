import assert from "node:assert/strict";
import { test } from "node:test";
import { gradient } from "../../../src/graph/differentiate.js";
import * as f from "../../../src/graph/functions.js";
import { data } from "../../../src/graph/tensor.js";
import { valuesOf } from "../run.js";

test("softplus neither overflows nor loses its derivative at 0", async () => {
  const x = data([1000, -1000, 0]);
  assert.deepEqual(await valuesOf(f.softplus(x)), [1000, 0, Math.LN2]);
  assert.deepEqual(await valuesOf(gradient(f.softplus(x), [x])[0]), [1, 0, 0.5]);
});
