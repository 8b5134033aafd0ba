import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { partialAssignment } from "../../src/linalg/partialAssignment.js";
import { bottleneckDistance } from "../../src/topology/bottleneck.js";
import { type Diagram, diagonalDistance, type Norm, planeDistance } from "../../src/topology/diagram.js";
import { wassersteinDistance } from "../../src/topology/wasserstein.js";
import { cheapestMatching, diagram, diagrams, shuffled, smallDiagrams } from "./diagrams.js";

const close = (found: number, expected: number, digits = 1e-12) =>
  assert.ok(Math.abs(found - expected) <= digits * Math.max(1, expected), `${found}, expected ${expected}`);

test("all moves count: two bars shift, one goes to the diagonal", () => {
  const a = diagram([0, 10], [20, 30], [5, 7]);
  const b = diagram([3, 10], [20, 34]);
  close(wassersteinDistance(a, b, { p: 1, norm: "infinity" }), 3 + 4 + 1);
  close(wassersteinDistance(a, b, { p: 2, norm: "infinity" }), Math.sqrt(9 + 16 + 1));
  close(wassersteinDistance(a, b), Math.sqrt(9 + 16 + 2), 1e-15);
  assert.equal(wassersteinDistance(diagram(), diagram()), 0);
});

test("the distances of GUDHI", () => {
  const a = diagram([0, 5], [1, 3], [2, 2.5], [0.5, 4]);
  const b = diagram([0.2, 4.1], [1.5, 3.3], [3, 7]);
  // gudhi.wasserstein.wasserstein_distance(a, b, order, internal_p), gudhi 3.7.1
  const published: [number, Norm, number][] = [
    [1, "infinity", 4.05],
    [1, 2, 4.858427621558631],
    [2, 2, 3.5305806887819466],
    [2, "infinity", 2.621545345783666],
    [3, "infinity", 2.206634586151522],
  ];
  for (const [p, norm, expected] of published) close(wassersteinDistance(a, b, { p, norm }), expected);
});

test("essential classes add what their finite ends move; an odd one is infinitely far", () => {
  const a = diagram([0, Infinity], [5, Infinity], [1, 2]);
  close(wassersteinDistance(a, diagram([8, Infinity], [1, Infinity]), { p: 1 }), 1 + 3 + Math.SQRT1_2);
  assert.equal(wassersteinDistance(a, diagram([0, Infinity])), Infinity);
});

test("an exponent below 1, without end or without a number is refused", () => {
  for (const p of [0.5, Infinity, Number.NaN]) {
    assert.throws(
      () => wassersteinDistance(diagram(), diagram(), { p }),
      /exponent p is .*expected a finite number ≥ 1/,
    );
  }
});

test("a norm below 1 is refused; the norms fall as their exponent grows, to the larger difference", () => {
  for (const norm of [0.5, Infinity, Number.NaN]) {
    assert.throws(() => wassersteinDistance(diagram(), diagram(), { norm }), /the norm is .*a finite number ≥ 1/);
  }
  fc.assert(
    fc.property(diagrams, diagrams, fc.constantFrom(1, 2), (a, b, p) => {
      const norms: Norm[] = [1, 1.5, 2, 7, 200, "infinity"];
      const found = norms.map((norm) => wassersteinDistance(a, b, { p, norm }));
      for (const [k, distance] of found.slice(1).entries()) assert.ok(distance <= found[k] * (1 + 1e-12));
      close(found[4], found[5], 0.01);
    }),
    { seed: 31, numRuns: 50 },
  );
});

test("the best of all matchings, for every exponent and norm", () => {
  const options = fc.record({
    p: fc.constantFrom(1, 1.5, 2, 3),
    norm: fc.constantFrom<Norm>("infinity", 1, 2, 3.5),
  });
  fc.assert(
    fc.property(smallDiagrams, smallDiagrams, options, (a, b, { p, norm }) => {
      const alone = (of: Diagram) => (i: number) => diagonalDistance(of.birth[i], of.death[i], norm) ** p;
      const pair = (i: number, j: number) =>
        planeDistance(Math.abs(a.birth[i] - b.birth[j]), Math.abs(a.death[i] - b.death[j]), norm) ** p;
      const best = cheapestMatching(a, b, pair, alone(a), alone(b), (x, y) => x + y) ** (1 / p);
      close(wassersteinDistance(a, b, { p, norm }), best);
    }),
    { seed: 51, numRuns: 400 },
  );
});

test("a metric: symmetric, 0 from itself in any order and with bars of no length, never longer by a detour", () => {
  fc.assert(
    fc.property(diagrams, diagrams, diagrams, fc.constantFrom(1, 2, 4), (a, b, c, p) => {
      const between = (x: Diagram, y: Diagram) => wassersteinDistance(x, y, { p });
      const ab = between(a, b);
      close(between(b, a), ab);
      close(between(shuffled(a), b), ab);
      close(between(a, shuffled(a)), 0);
      const padded = { birth: Float64Array.of(...a.birth, 0.5), death: Float64Array.of(...a.death, 0.5) };
      close(between(padded, b), ab);
      assert.ok(ab <= between(a, c) + between(c, b) + 1e-12);
    }),
    { seed: 52, numRuns: 60, endOnFailure: true },
  );
});

test("as the exponent grows the distance falls to the bottleneck distance; scaling the losses scales it", () => {
  fc.assert(
    fc.property(diagrams, diagrams, (a, b) => {
      const bottleneck = bottleneckDistance(a, b);
      const bars = a.birth.length + b.birth.length;
      let before = Infinity;
      for (const p of [1, 2, 8, 200]) {
        const distance = wassersteinDistance(a, b, { p, norm: "infinity" });
        assert.ok(distance <= before * (1 + 1e-12));
        assert.ok(distance >= bottleneck * (1 - 1e-12) && distance <= bottleneck * bars ** (1 / p) * (1 + 1e-9));
        before = distance;
      }
      const times = ({ birth, death }: Diagram, k: number) => ({
        birth: birth.map((x) => k * x),
        death: death.map((x) => k * x),
      });
      const distance = wassersteinDistance(a, b, { p: 3 });
      for (const k of [1e-200, 1e200]) {
        close(wassersteinDistance(times(a, k), times(b, k), { p: 3 }) / k, distance, 1e-9);
      }
    }),
    { seed: 53, numRuns: 60, endOnFailure: true },
  );
});

test("an assignment leaves nothing alone that must not be, and says when it has to", () => {
  const alone = Float64Array.of(Infinity, 0);
  const cost = (row: number, column: number) =>
    [
      [5, Infinity],
      [1, 7],
    ][row][column];
  // Row 1 would rather have column 0, which row 0 must take.
  assert.deepEqual(partialAssignment(alone, Float64Array.of(0, 9), cost), { total: 12, column: Int32Array.of(0, 1) });
  const impossible = partialAssignment(Float64Array.of(Infinity, Infinity), Float64Array.of(0), () => 1);
  assert.equal(impossible.total, Infinity);
  assert.equal(impossible.column.filter((column) => column === 0).length, 1, "one of them finds its place");
});
