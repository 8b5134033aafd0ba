import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { symlogTicks } from "../../src/figures/symlogTicks.js";

test("zero and powers of ten on both sides, the far ends labelled", () => {
  const { values, labels, minor } = symlogTicks([-20, 4e4], 0.1, 0.15);
  assert.deepEqual(values, [0, 1e4, 100, -10]);
  assert.deepEqual(labels, ["0", "10⁴", "10²", "−10¹"]);
  assert.deepEqual(
    [...minor].sort((a, b) => a - b),
    [-1, -0.1, 0.1, 1, 10, 1000],
  );
});

test("a domain that hardly leaves the linear part has the ticks of a linear axis", () => {
  assert.deepEqual(
    symlogTicks([-1, 1], 0.5, 0.1).labels,
    ["−1.0", "−0.5", "0.0", "0.5", "1.0"].map((x) => x.replace("0.0", "0")),
  );
});

test("ticks lie inside the domain and keep their distance", () => {
  const size = fc.double({ min: -3, max: 6, noNaN: true }).map((x) => 10 ** x);
  const property = fc.property(size, size, size, fc.boolean(), (a, b, threshold, negative) => {
    const domain: [number, number] = negative ? [-a, b] : [0, Math.max(a, b)];
    const gap = 0.1;
    const { values, labels } = symlogTicks(domain, threshold, gap);
    assert.equal(labels.length, values.length);
    assert.ok(values.length >= 1 && values.every((x) => x >= domain[0] * (1 + 1e-9) && x <= domain[1] * (1 + 1e-9)));
    const logarithmic = labels.some((label) => /^−?10[⁰-⁹⁻¹²³]+$/.test(label));
    if (!logarithmic) return;
    const at = (x: number) => Math.sign(x) * Math.log1p(Math.abs(x) / threshold);
    const places = values.map((x) => at(x) / (at(domain[1]) - at(domain[0]))).sort((x, y) => x - y);
    for (let i = 1; i < places.length; i++) assert.ok(places[i] - places[i - 1] >= gap * (1 - 1e-9));
  });
  fc.assert(property, { seed: 4, numRuns: 300 });
});
