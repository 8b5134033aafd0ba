import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { lineShape } from "../../src/landscape/lineShape.js";
import { distancesTo, riseRange } from "../../src/landscape/riseRange.js";

const along = (loss: (a: number) => number) => async (coefficients: Float64Array) => coefficients.map(loss);

test("a parabola of any width is followed to where it has risen by the factor", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.double({ min: -4, max: 4, noNaN: true }),
      fc.double({ min: -6, max: 6, noNaN: true }),
      fc.double({ min: 1.5, max: 1000, noNaN: true }),
      async (width, height, rise) => {
        const [w, h] = [10 ** width, 10 ** height];
        // h(1 + a²/w²) is rise·h at a = w√(rise − 1).
        const { reach, sides } = await riseRange(
          along((a) => h * (1 + (a / w) ** 2)),
          { rise },
        );
        const exact = w * Math.sqrt(rise - 1);
        for (const side of sides) assert.ok(side && side >= exact * 0.9999 && side < exact * 1.006, `${side} ${exact}`);
        assert.ok(reach >= exact * 0.9999 && reach < exact * 1.11, `${reach} ${exact}`);
        assert.equal(reach, Number(reach.toPrecision(2)));
      },
    ),
    { seed: 81, numRuns: 100 },
  );
});

test("the farther side counts, but no more than four times the nearer; a side that never rises does not", async () => {
  const lopsided = (steep: number) => along((a) => 1 + (a < 0 ? steep * -a : a));
  assert.equal((await riseRange(lopsided(2), { rise: 9 })).reach, 8);
  const far = await riseRange(lopsided(100), { rise: 9 });
  assert.ok(far.reach > 0.31 && far.reach <= 0.34, `${far.reach}`);
  const oneSided = await riseRange(
    along((a) => 1 + Math.max(0, a)),
    { rise: 3 },
  );
  assert.equal(oneSided.sides[0], undefined);
  assert.ok(oneSided.reach >= 2 && oneSided.reach <= 2.1);
  await assert.rejects(
    riseRange(
      along((a) => 1 + Math.tanh(a * a)),
      { rise: 3 },
    ),
    /rises by the factor 3 on neither side within 1048576; expected a smaller rise, or a range/,
  );
});

test("a loss that leaves f64 has risen; one that is not above 0 at the model rises by no factor", async () => {
  const wall = await riseRange(
    along((a) => (Math.abs(a) < 3 ? 1 : Number.NaN)),
    { rise: 2 },
  );
  assert.ok(wall.reach >= 3 && wall.reach <= 3.1, `${wall.reach}`);
  for (const value of [0, -2, Number.NaN]) {
    await assert.rejects(
      riseRange(
        along(() => value),
        { rise: 2 },
      ),
      /so a factor has no meaning; expected a range/,
    );
  }
});

test("the distance to a level needs no loss above 0, and a level that is not reached has none", async () => {
  const bowl = along((a) => -3 + a * a);
  const sides = await distancesTo(6, bowl);
  for (const side of sides) assert.ok(side && side >= 3 && side < 3.02, `${side}`);
  assert.deepEqual(await distancesTo(1.5, along(Math.tanh)), [undefined, undefined]);
});

test("auto goes on until the line shows more than a parabola", async () => {
  // A parabola to a = 1, then waves.
  const wavy = along((a) => 1e-3 + a * a * (1 + Math.max(0, Math.abs(a) - 1) * Math.sin(7 * a)));
  const near = await riseRange(wavy, { rise: 10 });
  const far = await riseRange(wavy, { rise: 10, beyondParabola: true });
  assert.ok(near.reach < 0.1 && far.reach > 1 && far.reach < 4, `${near.reach} ${far.reach}`);
  const bowl = await riseRange(
    along((a) => 1 + a * a),
    { rise: 10, beyondParabola: true },
  );
  assert.equal(bowl.reach, 3.1, "nothing but a parabola, however far: the reach stays");
});

test("a line is a parabola, a plateau or more", () => {
  const line = Float64Array.from({ length: 21 }, (_, i) => (i - 10) / 4);
  assert.equal(
    lineShape(
      line,
      line.map((a) => 3 * (a - 1) ** 2 - 7),
    ),
    "parabola",
  );
  assert.equal(
    lineShape(
      line,
      line.map((a) => 5 + 1e-4 * a),
    ),
    "plateau",
  );
  assert.equal(
    lineShape(
      line,
      line.map(() => 0),
    ),
    "plateau",
  );
  assert.equal(
    lineShape(
      line,
      line.map((a) => a ** 4),
    ),
    "more",
  );
  assert.equal(
    lineShape(
      line,
      line.map((a) => (a > 2 ? Number.NaN : a * a)),
    ),
    "more",
  );
  assert.equal(
    lineShape(
      line,
      line.map((a) => 1e308 * (a / 2.5) ** 2),
    ),
    "parabola",
  );
  assert.equal(lineShape(line.subarray(0, 3), Float64Array.of(1, 0, 1)), "more");
});
