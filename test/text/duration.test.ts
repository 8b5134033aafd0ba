import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { durationOf, secondsOf } from "../../src/text/duration.js";

test("a duration is a number of seconds, or a number with a unit", () => {
  const texts = [90, "90", "90 s", "1.5min", "10m", "2h", "1.5 d"];
  assert.deepEqual(texts.map(secondsOf), [90, 90, 90, 90, 600, 7200, 129_600]);
  for (const text of ["", "s", "1.2.3", "-1", "10 weeks", "1e3"]) assert.ok(Number.isNaN(secondsOf(text)), text);
});

test("people read a duration in one or two units", () => {
  const seconds = [0.42, 1.26, 12.4, 200, 7500, 10 * 86_400];
  assert.deepEqual(seconds.map(durationOf), ["0.42 s", "1.3 s", "12 s", "3 min 20 s", "2 h 5 min", "10 days"]);
});

test("no part is rounded up to a whole of the next unit", () => {
  assert.deepEqual([119.7, 3599.8, 7199.6].map(durationOf), ["2 min 0 s", "1 h 0 min", "2 h 0 min"]);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (seconds) => {
      const text = durationOf(seconds);
      const [first, unit, rest = 0] = text.split(" ");
      assert.ok(!(Number(rest) >= 60), text);
      const shown =
        Number(first) * { s: 1, min: 60, h: 3600, days: 86_400 }[unit]! + Number(rest) * (unit === "h" ? 60 : 1);
      const step =
        unit === "s" ? (seconds < 1 ? 0.01 : seconds < 10 ? 0.1 : 1) : { min: 1, h: 60, days: 86_400 }[unit]!;
      assert.ok(Math.abs(shown - seconds) <= step * 0.51, `${seconds} s as ${text}`);
    }),
  );
});
