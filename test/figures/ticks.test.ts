import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { lossScale } from "../../src/figures/lossScale.js";
import { formatNumber } from "../../src/figures/numbers.js";
import { ticks, wholeTicks } from "../../src/figures/ticks.js";

test("labels suit tiny, huge, close and grouped values", () => {
  const labels = (low: number, high: number, count = 5) => ticks({ type: "linear", domain: [low, high] }, count).labels;
  assert.deepEqual(labels(0, 1), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
  assert.deepEqual(labels(-2.05, 2.05), ["−2", "−1", "0", "1", "2"]);
  assert.deepEqual(labels(0, 4e-9, 4), ["0", "1×10⁻⁹", "2×10⁻⁹", "3×10⁻⁹", "4×10⁻⁹"]);
  assert.deepEqual(labels(0, 68921, 4), ["0", "20,000", "40,000", "60,000"]);
  assert.deepEqual(labels(0, 2825761, 3), ["0", "1×10⁶", "2×10⁶"]);
  assert.deepEqual(labels(0.7931471, 0.7931475, 2), ["0.7931472", "0.7931474"]);
});

test("a log axis labels powers of ten, and 2 and 5 where it has few of them", () => {
  const axis = (low: number, high: number) => ticks({ type: "log", domain: [low, high] }, 7);
  assert.deepEqual(axis(0.9, 1500).labels, ["1", "10", "100", "1000"]);
  assert.deepEqual(axis(1e-9, 1e-5).labels, ["10⁻⁹", "10⁻⁸", "10⁻⁷", "10⁻⁶", "10⁻⁵"]);
  assert.deepEqual(axis(3, 400).labels, ["5", "10", "20", "50", "100", "200"]);
  assert.deepEqual(axis(1e-300, 1e300).values.map(Math.log10).slice(0, 3), [-300, -214, -128]);
});

test("between two labels of a log axis are at most ten ticks, however many decades there are", () => {
  for (const [low, high] of [
    [1e-300, 1e300],
    [1e-250, 1],
    [1e-90, 1e90],
    [1e-20, 1e20],
  ]) {
    const { values, minor } = ticks({ type: "log", domain: [low, high] }, 7);
    assert.ok(minor.length <= 10 * (values.length + 1), `${minor.length} ticks for ${values.length} labels`);
  }
});

test("a log axis within a decade has labels, too", () => {
  const axis = (low: number, high: number) => ticks({ type: "log", domain: [low, high] }, 5);
  assert.deepEqual(axis(1.7, 5.1).labels, ["2", "3", "4", "5"]);
  assert.deepEqual(axis(0.21, 0.24).labels, ["0.21", "0.22", "0.23", "0.24"]);
  assert.deepEqual(axis(1.5, 11).labels, ["2", "5", "10"]);
  fc.assert(
    fc.property(
      fc.double({ min: -9, max: 9, noNaN: true }),
      fc.double({ min: 0.001, max: 3, noNaN: true }),
      (low, size) => {
        const domain: [number, number] = [10 ** low, 10 ** (low + size)];
        const { values } = axis(...domain);
        assert.ok(values.length >= 2, `${values.length} labels from ${domain[0]} to ${domain[1]}`);
      },
    ),
    { seed: 3, numRuns: 300 },
  );
});

test("ticks ascend inside the domain, and no two labels are equal", () => {
  const domain = fc
    .tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: -9, max: 6, noNaN: true }))
    .map(([low, size]): [number, number] => [low, low + 10 ** size])
    .filter(([low, high]) => high - low > 1e-12 * Math.max(Math.abs(low), Math.abs(high)));
  fc.assert(
    fc.property(domain, fc.integer({ min: 2, max: 9 }), (domain, count) => {
      const { values, labels } = ticks({ type: "linear", domain }, count);
      const room = 1e-6 * (domain[1] - domain[0]);
      assert.ok(values.length >= 1 && values.length <= count + 1, `${values.length} ticks`);
      assert.ok(values.every((value) => value >= domain[0] - room && value <= domain[1] + room));
      assert.ok(values.every((value, i) => i === 0 || value > values[i - 1]));
      assert.equal(new Set(labels).size, labels.length);
    }),
    { seed: 2, numRuns: 300 },
  );
});

test("a scale of one value has that value as its only tick", () => {
  for (const value of [0, 5, -3, 1e-5, 123456.789]) {
    const { values, labels } = ticks(lossScale([value, value, Number.NaN])!, 5);
    assert.deepEqual([values, labels], [[value], [formatNumber(value)]]);
  }
  assert.ok(ticks(lossScale([1, 1.1])!, 5).values.length > 2);
});

test("what is counted has ticks at whole numbers, without decimals", () => {
  assert.deepEqual(wholeTicks({ type: "linear", domain: [1, 3] }, 5).labels, ["1", "2", "3"]);
});
