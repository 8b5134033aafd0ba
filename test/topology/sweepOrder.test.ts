import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { randomStream } from "../../src/linalg/random.js";
import { sweepOrder } from "../../src/topology/sweepOrder.js";

/** The same by comparisons. */
function naive(values: Float64Array, direction: "sublevel" | "superlevel") {
  const key = (v: number) => (Number.isNaN(values[v]) ? Infinity : values[v]);
  const compare = (u: number, v: number) => (key(u) < key(v) ? -1 : key(u) > key(v) ? 1 : u - v);
  const order = Int32Array.from(values.keys()).sort(compare);
  return direction === "sublevel" ? order : order.reverse();
}

function check(values: Float64Array) {
  const shared = new Map<number, number>();
  for (const x of values)
    shared.set(Number.isNaN(x) ? Infinity : x, (shared.get(Number.isNaN(x) ? Infinity : x) ?? 0) + 1);
  const tied = Array.from(shared.values()).reduce((sum, n) => sum + (n > 1 ? n : 0), 0);
  for (const direction of ["sublevel", "superlevel"] as const) {
    assert.deepEqual(sweepOrder(values, direction), { order: naive(values, direction), tied });
  }
}

test("ties go by vertex id, NaN counts as +Infinity, the zeros are equal", () => {
  const values = Float64Array.of(0, NaN, -0, Infinity, -1, -Infinity);
  assert.deepEqual(Array.from(sweepOrder(values, "sublevel").order), [5, 4, 0, 2, 1, 3]);
  assert.deepEqual(Array.from(sweepOrder(values, "superlevel").order), [3, 1, 2, 0, 4, 5]);
  assert.equal(sweepOrder(values, "sublevel").tied, 4);
});

test("any doubles are ordered as comparisons order them", () => {
  const few = fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 5e-324, -5e-324, 1, 1 + 2 ** -52, 1 + 2 ** -30, -1);
  const arrays = fc.oneof(fc.array(fc.double()), fc.array(few, { maxLength: 300 }));
  fc.assert(
    fc.property(arrays, (values) => check(Float64Array.from(values))),
    { seed: 2, numRuns: 200 },
  );
});

test("long fields are ordered whether they are rough, flat to rounding, of both signs or nearly constant", () => {
  const random = randomStream(3);
  const make = (f: () => number) => Float64Array.from({ length: 20_000 }, f);
  check(make(random.normal));
  check(make(() => 2.3 + 1e-7 * random.uniform()));
  check(make(() => -2.3 - 1e-12 * random.uniform()));
  check(make(() => Math.exp(40 * random.normal()) * (random.uniform() < 0.5 ? -1 : 1)));
  check(make(() => Math.fround(random.normal())));
  check(make(() => random.integer(3)));
  check(make(() => 7));
});
