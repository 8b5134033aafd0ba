import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { randomStream } from "../../src/linalg/random.js";
import { diagonalDistance, type Norm, planeDistance } from "../../src/topology/diagram.js";
import { type MergeTree, mergeTree } from "../../src/topology/mergeTree.js";
import { mergeTreeDistance } from "../../src/topology/mergeTreeDistance.js";
import { gridNeighbors } from "../../src/topology/neighbors.js";
import { persistencePairs } from "../../src/topology/persistence.js";
import { wassersteinDistance } from "../../src/topology/wasserstein.js";
import { graph, subtrees } from "./fields.js";

const row = (...values: number[]) => mergeTree(Float64Array.from(values), gridNeighbors([values.length], "axis"));
const close = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) <= 1e-12 * Math.max(1, expected), `${found}, expected ${expected}`);

test("branches are matched where what they hang from is", () => {
  // 9       8       9       basins 0, 1 and 5; [5, 6] hangs from [1, 8] in the first,
  //   0   |   1 6 5         from [0, 9] in the second
  const first = row(9, 0, 8, 1, 6, 5, 9);
  const second = row(9, 5, 6, 0, 8, 1, 9);
  assert.deepEqual(
    [first, second].map((tree) => [...persistencePairs(tree).death]),
    [
      [Infinity, 8, 6],
      [Infinity, 8, 6],
    ],
  );
  assert.equal(wassersteinDistance(persistencePairs(first), persistencePairs(second)), 0, "the same diagram");
  // The short branch goes to the diagonal twice.
  close(mergeTreeDistance(first, second, { p: 1, norm: "infinity" }), 0.5 + 0.5);
  close(mergeTreeDistance(first, second), Math.sqrt(0.5 + 0.5));
});

test("a branch that goes to the diagonal takes those below it along", () => {
  const with3 = row(9, 0, 8, 1, 6, 5, 9);
  close(mergeTreeDistance(with3, row(9, 0, 9), { p: 1, norm: "infinity" }), 3.5 + 0.5);
});

test("roots always meet, and their heights count; a mirrored field has the same tree", () => {
  close(mergeTreeDistance(row(0, 1), row(100, 101)), Math.hypot(100, 100));
  close(mergeTreeDistance(row(0, 1), row(0, 4)), 3);
  const field = [9, 0, 8, 1, 6, 5, 9.5, 2, 7];
  assert.equal(mergeTreeDistance(row(...field), row(...field.toReversed())), 0);
});

test("the trees of a forest are matched; an odd one is infinitely far, so is an infinite wall without its like", () => {
  const apart = (...values: number[]) => mergeTree(Float64Array.from(values), graph(values.length, []));
  close(mergeTreeDistance(apart(0, 5), apart(6, 2), { p: 1, norm: "infinity" }), 2 + 1);
  assert.equal(mergeTreeDistance(apart(0, 5), apart(0)), Infinity);
  assert.equal(mergeTreeDistance(apart(), apart()), 0);
  close(mergeTreeDistance(row(0, Number.NaN, 1, 5), row(0, Number.NaN, 3, 5)), 2);
  assert.equal(mergeTreeDistance(row(0, Number.NaN, 1, 5), row(0, 4, 1, 5)), Infinity);
});

test("a sublevel tree is not compared with a superlevel one", () => {
  const upper = mergeTree(Float64Array.of(1, 2), gridNeighbors([2], "axis"), { direction: "superlevel" });
  assert.throws(() => mergeTreeDistance(row(1, 2), upper), /a sublevel tree cannot be compared with a superlevel tree/);
  assert.throws(() => mergeTreeDistance(row(1), row(1), { p: 0 }), /exponent p is 0/);
});

/**
 * Bars with the bar that each hangs from, −1 for the essential one, by looking for the eldest vertex below each death.
 */
function branchesOf(tree: MergeTree, values: Float64Array) {
  const pairs = persistencePairs(tree, { essential: "global-max" });
  const below = subtrees(tree);
  const nodeAt = new Map(Array.from(tree.vertex, (vertex, node) => [vertex, node]));
  const bars = Array.from(pairs.birth.keys()).filter((i) => i === 0 || pairs.birth[i] !== pairs.death[i]);
  return bars.map((i, place) => {
    const vertices = below[nodeAt.get(pairs.deathVertex[i]) as number];
    const eldest = vertices.reduce((u, v) => (values[u] < values[v] || (values[u] === values[v] && u < v) ? u : v));
    const parent = bars.findIndex((bar) => pairs.birthVertex[bar] === eldest);
    return { birth: pairs.birth[i], death: pairs.death[i], parent: parent === place ? -1 : parent };
  });
}

const field = (shape: number[]) =>
  fc
    .array(fc.integer({ min: 0, max: 12 }), { minLength: shape[0] * shape[1], maxLength: shape[0] * shape[1] })
    .map((levels) => {
      const values = Float64Array.from(levels, (x) => x / 4);
      return { values, tree: mergeTree(values, gridNeighbors(shape, "axis")) };
    });

test("the best of all matchings in which parents of matched branches are matched", () => {
  const options = fc.record({ p: fc.constantFrom(1, 2, 3), norm: fc.constantFrom<Norm>("infinity", 2) });
  let nested = 0;
  fc.assert(
    fc.property(field([11, 1]), field([4, 3]), options, (one, other, { p, norm }) => {
      const [a, b] = [branchesOf(one.tree, one.values), branchesOf(other.tree, other.values)];
      nested += [...a, ...b].some(({ parent }) => parent > 0) ? 1 : 0;
      const alone = ({ birth, death }: (typeof a)[0]) => diagonalDistance(birth, death, norm) ** p;
      const mate = new Array<number>(a.length).fill(-1);
      let best = Infinity;
      const visit = (i: number, free: Set<number>) => {
        if (i < a.length) {
          visit(i + 1, free);
          for (const j of [...free]) {
            mate[i] = j;
            visit(i + 1, new Set([...free].filter((k) => k !== j)));
            mate[i] = -1;
          }
          return;
        }
        const respected = mate.every((j, k) => j < 0 || (a[k].parent < 0 ? -1 : mate[a[k].parent]) === b[j].parent);
        if (!respected || mate[0] !== 0) return;
        const cost = a.reduce((sum, bar, k) => {
          const j = mate[k];
          if (j < 0) return sum + alone(bar);
          return sum + planeDistance(Math.abs(bar.birth - b[j].birth), Math.abs(bar.death - b[j].death), norm) ** p;
        }, 0);
        best = Math.min(
          best,
          [...free].reduce((sum, j) => sum + alone(b[j]), cost),
        );
      };
      visit(0, new Set(b.keys()));
      close(mergeTreeDistance(one.tree, other.tree, { p, norm }), best ** (1 / p));
    }),
    { seed: 61, numRuns: 200 },
  );
  assert.ok(nested > 40, "branches that hang from others are among the examples");
});

test("a metric, never below the distance of the diagrams", () => {
  fc.assert(
    fc.property(field([8, 6]), field([8, 6]), field([7, 7]), fc.constantFrom(1, 2), (a, b, c, p) => {
      const ab = mergeTreeDistance(a.tree, b.tree, { p });
      close(mergeTreeDistance(b.tree, a.tree, { p }), ab);
      assert.equal(mergeTreeDistance(a.tree, a.tree, { p }), 0);
      assert.ok(ab <= mergeTreeDistance(a.tree, c.tree, { p }) + mergeTreeDistance(c.tree, b.tree, { p }) + 1e-12);
      for (const essential of ["infinite", "global-max"] as const) {
        const [left, right] = [a, b].map(({ tree }) => persistencePairs(tree, { essential }));
        assert.ok(ab >= wassersteinDistance(left, right, { p }) - 1e-12);
      }
    }),
    { seed: 62, numRuns: 60 },
  );
});

test("it is the distance of the diagrams where all branches hang from the essential one", () => {
  const random = randomStream(63);
  // The deepest basin is the leftmost, and walls rise to the right: each basin meets the deepest.
  const staircase = () => {
    const walls = Array.from({ length: 12 }, () => 1 + random.uniform()).sort();
    return row(0, ...walls.flatMap((wall) => [wall, random.uniform()]), 3);
  };
  for (let run = 0; run < 20; run++) {
    const [a, b] = [staircase(), staircase()];
    close(mergeTreeDistance(a, b), wassersteinDistance(persistencePairs(a), persistencePairs(b)));
  }
});

test("trees of six hundred leaves take less than seconds", () => {
  const noise = (seed: number) => {
    const random = randomStream(seed);
    return mergeTree(
      new Float64Array(64 * 64).map(() => random.normal()),
      gridNeighbors([64, 64], "freudenthal"),
    );
  };
  const [a, b] = [noise(1), noise(2)];
  const leaves = (tree: MergeTree) => persistencePairs(tree).birth.length;
  assert.ok(leaves(a) > 500 && leaves(b) > 500);
  const start = performance.now();
  const distance = mergeTreeDistance(a, b);
  assert.ok(performance.now() - start < 3000);
  assert.ok(distance >= wassersteinDistance(persistencePairs(a), persistencePairs(b)));
});
