import { partialAssignment } from "../linalg/partialAssignment.js";
import { diagonalDistance, gap, planeDistance } from "./diagram.js";
import type { MergeTreeNodes } from "./mergeTree.js";
import { eldestLeaves } from "./persistence.js";
import { powerOf, type WassersteinOptions } from "./wasserstein.js";

/** The part of a merge tree that its distances depend on. */
type Tree = Pick<MergeTreeNodes, "direction" | "value" | "parent">;

/**
 * The Wasserstein distance between merge trees of Pont, Vidal, Delon and Tierny (Wasserstein Distances, Geodesics and
 * Barycenters of Merge Trees, IEEE TVCG 2022; p = 2 and Euclid's norm there). Each tree is replaced by its branch
 * decomposition. It has one branch per leaf, from the leaf to the node where it meets an elder branch; it hangs from
 * that branch. The essential branch reaches the root. Branches are matched like the bars of a persistence diagram, at
 * the same costs, but the matching respects how they nest: two branches may be matched only if the branches that they
 * hang from are matched. Roots are always matched. So a branch that goes to the diagonal takes everything below it
 * along. The distance is the smallest (Σ dᵖ)^(1/p); children are unordered. It is a metric on trees up to branches of
 * length 0. It is never below the Wasserstein distance of the diagrams, which ignores the nesting, and equals it when
 * all branches hang from essential ones that end equally high.
 *
 * This distance is not stable, unlike the distances of diagrams. If two saddles are almost equally high, a small change
 * of the field can change how branches nest, and can change the distance by the length of the branches. Simplify noisy
 * trees first.
 *
 * The result is exact up to rounding in f64. It comes from a recursion over pairs of branches with an optimal
 * assignment of the children of each pair. The trees of a forest are matched with each other. The distance is Infinity
 * when the numbers of trees differ, or when an infinite branch has no infinite partner. Two empty trees have distance
 * 0. Trees of 500 leaves take a few ms. There are O(n·m) pairs, with cubic assignments at worst.
 *
 * Throws RangeError when p is not a finite number ≥ 1, or a sublevel tree is compared with a superlevel one.
 */
export function mergeTreeDistance(a: Tree, b: Tree, options: WassersteinOptions = {}): number {
  const { p = 2, norm = 2 } = options;
  const power = powerOf(p);
  if (a.direction !== b.direction) {
    throw new RangeError(`a ${a.direction} tree cannot be compared with a ${b.direction} tree`);
  }
  const unit = spread(a, b);
  const alone = (birth: number, death: number) => power(diagonalDistance(birth, death, norm) / unit);
  const [left, right] = [branches(a, alone), branches(b, alone)];
  if (left.roots.length !== right.roots.length) return Infinity;

  /**
   * The cost of matching two branches and, optimally, everything that hangs from them. Infinity when it exceeds
   * `limit`.
   */
  function subtree(i: number, j: number, limit: number): number {
    const births = gap(left.birth[i], right.birth[j]) / unit;
    const deaths = gap(left.death[i], right.death[j]) / unit;
    const own = power(planeDistance(births, deaths, norm));
    return own >= limit ? Infinity : own + forest(left.children[i], right.children[j]);
  }

  function forest(rows: readonly number[], columns: readonly number[]): number {
    const [rowAlone, columnAlone] = [pick(left.subtreeAlone, rows), pick(right.subtreeAlone, columns)];
    if (rows.length === 0 || columns.length === 0) return [...rowAlone, ...columnAlone].reduce((x, y) => x + y, 0);
    return assignment(rows, columns, rowAlone, columnAlone);
  }

  function assignment(
    rows: readonly number[],
    columns: readonly number[],
    rowAlone: Float64Array,
    columnAlone: Float64Array,
  ): number {
    const width = columns.length;
    const costs = new Float64Array(rows.length * width);
    for (const [r, i] of rows.entries()) {
      for (const [c, j] of columns.entries()) costs[r * width + c] = subtree(i, j, rowAlone[r] + columnAlone[c]);
    }
    return partialAssignment(rowAlone, columnAlone, (r, c) => costs[r * width + c]).total;
  }

  const never = new Float64Array(left.roots.length).fill(Infinity);
  return unit * assignment(left.roots, right.roots, never, never) ** (1 / p);
}

interface Branches {
  birth: number[];
  death: number[];
  /** The branches that hang from each branch. */
  children: number[][];
  /** The cost of moving a branch and everything that hangs from it to the diagonal. */
  subtreeAlone: Float64Array;
  roots: number[];
}

/**
 * The branch decomposition, elder branches first. Branches of length 0 are left out, because everything that hangs from
 * them has length 0 too.
 */
function branches(tree: Tree, alone: (birth: number, death: number) => number): Branches {
  const { value, parent } = tree;
  const elder = eldestLeaves(tree);
  const top = new Int32Array(parent.length);
  for (let node = 0; node < parent.length; node++) top[elder[node]] = node;
  const index = new Int32Array(parent.length).fill(-1);
  const of: Branches = { birth: [], death: [], children: [], subtreeAlone: new Float64Array(0), roots: [] };
  const hangsFrom: number[] = [];
  for (let leaf = 0; leaf < parent.length; leaf++) {
    if (elder[leaf] !== leaf) continue;
    const saddle = parent[top[leaf]];
    const death = value[saddle < 0 ? top[leaf] : saddle];
    if (saddle >= 0 && death === value[leaf]) continue;
    const branch = (index[leaf] = of.birth.length);
    of.birth.push(value[leaf]);
    of.death.push(death);
    of.children.push([]);
    hangsFrom.push(saddle < 0 ? -1 : index[elder[saddle]]);
    if (saddle < 0) of.roots.push(branch);
    else of.children[hangsFrom[branch]].push(branch);
  }
  of.subtreeAlone = Float64Array.from(of.birth, (birth, branch) => alone(birth, of.death[branch]));
  for (let branch = hangsFrom.length - 1; branch >= 0; branch--) {
    if (hangsFrom[branch] >= 0) of.subtreeAlone[hangsFrom[branch]] += of.subtreeAlone[branch];
  }
  return of;
}

/** The range of the finite values of both trees, or 1 when there is none. In these units powers do not overflow. */
function spread(a: Tree, b: Tree): number {
  const finite = [...a.value, ...b.value].filter(Number.isFinite);
  const low = finite.reduce((x, y) => Math.min(x, y), Infinity);
  const high = finite.reduce((x, y) => Math.max(x, y), -Infinity);
  return high > low ? Math.min(high - low, Number.MAX_VALUE) : 1;
}

function pick(values: Float64Array, indices: readonly number[]): Float64Array {
  return Float64Array.from(indices, (i) => values[i]);
}
