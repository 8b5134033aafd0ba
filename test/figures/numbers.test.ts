import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatNumber, powerOfTen } from "../../src/figures/numbers.js";

test("numbers read as people write them", () => {
  const shown: [number, string][] = [
    [0, "0"],
    [-0, "0"],
    [41, "41"],
    [2023, "2023"],
    [68921, "68,921"],
    [2825761, "2.826×10⁶"],
    [0.123456, "0.1235"],
    [-0.001, "−0.001"],
    [0.00099999, "0.001"],
    [5.139e-5, "5.139×10⁻⁵"],
    [-1e-9, "−1×10⁻⁹"],
    [177892.9, "177,900"],
    [999999.9, "1×10⁶"],
    [1e300, "1×10³⁰⁰"],
    [Number.NaN, "NaN"],
    [Infinity, "∞"],
    [-Infinity, "−∞"],
  ];
  for (const [number, text] of shown) assert.equal(formatNumber(number), text);
  assert.equal(powerOfTen(-12), "10⁻¹²");
});

test("a shown number is within half a unit of its fourth digit", () => {
  const read = (text: string) =>
    Number(
      text
        .replace("−", "-")
        .replaceAll(",", "")
        .replace(
          /×10(.*)/,
          (_, power) =>
            "e" +
            [...power]
              .map((c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c))
              .map((k) => (k === 0 ? "-" : k - 1))
              .join(""),
        ),
    );
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: 1e-300, max: 1.79e308 }), (x) => {
      assert.ok(Math.abs(read(formatNumber(x)) - x) <= 5.01e-4 * x, `${x} shown as ${formatNumber(x)}`);
    }),
    { seed: 1 },
  );
});
