import { partialAssignment } from "../linalg/partialAssignment.js";
import { diagonalDistance, gap, planeDistance } from "./diagram.js";
import type { MergeTreeNodes } from "./mergeTree.js";
import { eldestLeaves } from "./persistence.js";
import { powerOf, type WassersteinOptions } from "./wasserstein.js";

/** The part of a merge tree that its distances depend on. */
type Tree = Pick<MergeTreeNodes, "direction" | "value" | "parent">;

/**
 * The Wasserstein distance between merge trees of Pont, Vidal, Delon and Tierny (Wasserstein Distances, Geodesics and
 * Barycenters of Merge Trees, IEEE TVCG 2022; p = 2 and Euclid's norm there). Each tree becomes its branch
 * decomposition: one branch a leaf, from the leaf to the node where it meets its elder (the essential one: to its
 * root), hanging from the branch that it meets. Branches are matched as the bars of a persistence diagram are, at the
 * same costs, but respecting how they nest: two branches may be matched only if the branches they hang from are, and
 * roots always are. So a branch that goes to the diagonal takes all below it along. The distance is the smallest (Σ
 * dᵖ)^(1/p); children are unordered. It is a metric (on trees up to branches of no length), never below the Wasserstein
 * distance of the diagrams, where the nesting is forgotten, and equal to it where all branches hang from essential ones
 * that end equally high.
 *
 * If two saddles are almost equally high, a small change of the field can change how branches nest and move the
 * distance by as much as the branches are long: unlike the distances of diagrams it is not stable. Simplify noisy trees
 * first.
 *
 * Exact up to rounding in f64, by the recursion over pairs of branches, with an optimal assignment of the children of
 * each pair. The trees of a forest are matched with each other; different numbers of them give Infinity. So does an
 * infinite branch that cannot be matched with one. An empty tree is 0 from itself. A few ms for trees of 500 leaves;
 * O(n·m) pairs and at worst cubic assignments.
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
   * What it costs to match two branches, and whatever hangs from them as well as possible. At most `limit`, or
   * Infinity.
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
  /** The branches that hang from each. */
  children: number[][];
  /** What it costs to take a branch and all that hangs from it to the diagonal. */
  subtreeAlone: Float64Array;
  roots: number[];
}

/**
 * The branch decomposition, elder branches first, without branches of no length: all that hangs from them has none
 * either.
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

/** The range of the finite values of both trees, 1 where there is none: in these units powers do not overflow. */
function spread(a: Tree, b: Tree): number {
  const finite = [...a.value, ...b.value].filter(Number.isFinite);
  const low = finite.reduce((x, y) => Math.min(x, y), Infinity);
  const high = finite.reduce((x, y) => Math.max(x, y), -Infinity);
  return high > low ? Math.min(high - low, Number.MAX_VALUE) : 1;
}

function pick(values: Float64Array, indices: readonly number[]): Float64Array {
  return Float64Array.from(indices, (i) => values[i]);
}
