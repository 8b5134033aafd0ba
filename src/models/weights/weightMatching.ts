import { partialAssignment } from "../../linalg/partialAssignment.js";
import { randomStream } from "../../linalg/random.js";
import { dot } from "../../linalg/vectors.js";
import type { Architecture } from "../networks/architecture.js";
import { type PermutationGroup, permutationGroups } from "./permutationGroups.js";

/**
 * The weights of a network with its hidden units permuted to be near the weights of another network. Its function does
 * not change.
 *
 * Weight matching (Ainsworth, Hayase & Srinivasa 2022, algorithm 1) takes one group of units after the other, in random
 * order. It puts each group in the order that is best while the others stay, which is an assignment, until no group
 * improves. This finds a local optimum, so the search runs from two starts and the better result wins: the given order,
 * and the order from a pass that starts at the input, in which each group is matched by those weights whose other axis
 * is matched already. The pass finds the order of a permuted copy.
 *
 * Throws for an architecture with unknown symmetries. Weights must be finite.
 */
export function weightMatching(
  architecture: Architecture,
  reference: Float64Array,
  weights: Float64Array,
  seed = 0,
): Float64Array {
  const groups = permutationGroups(architecture);
  const fromInput = weights.slice();
  for (const [k, group] of groups.entries()) {
    const open = new Set(groups.slice(k + 1).flatMap(({ places }) => places.map(({ tensor }) => tensor.offset)));
    const places = group.places.filter(({ tensor }) => !open.has(tensor.offset));
    reorder(fromInput, group, bestOrder(reference, fromInput, { ...group, places }));
  }
  const found = [weights.slice(), fromInput].map((start) => descend(groups, reference, start, seed));
  return dot(reference, found[0]) > dot(reference, found[1]) ? found[0] : found[1];
}

/** Changes `weights`, in place, until no group of units improves. */
function descend(
  groups: readonly PermutationGroup[],
  reference: Float64Array,
  weights: Float64Array,
  seed: number,
): Float64Array {
  const random = randomStream(seed, "weight matching");
  // Prevents endless changes due to rounding.
  const least = 1e-12 * Math.sqrt(dot(reference, reference) * dot(weights, weights));
  for (let better = true; better; ) {
    better = false;
    for (const k of random.sample(groups.length, groups.length)) {
      const before = dot(reference, weights);
      const last = weights.slice();
      reorder(weights, groups[k], bestOrder(reference, weights, groups[k]));
      if (dot(reference, weights) > before + least) better = true;
      else weights.set(last);
    }
  }
  return weights;
}

/** Place i gets unit order[i]: the assignment with the largest inner product with the reference. */
function bestOrder(reference: Float64Array, weights: Float64Array, group: PermutationGroup): Int32Array {
  const [wanted, found] = [reference, weights].map((vector) => unitVectors(vector, group));
  const likeness = wanted.map((a) => Float64Array.from(found, (b) => dot(a, b)));
  const most = likeness.reduce((largest, row) => row.reduce((x, y) => Math.max(x, y), largest), 0);
  const never = new Float64Array(group.units).fill(Number.POSITIVE_INFINITY);
  return partialAssignment(never, never, (i, j) => most - likeness[i][j]).column;
}

/** All weights of each unit of a group, one vector per unit. */
function unitVectors(vector: Float64Array, { units, places }: PermutationGroup): Float64Array[] {
  const width = places.reduce((sum, { before, after }) => sum + before * after, 0);
  return Array.from({ length: units }, (_, unit) => {
    const own = new Float64Array(width);
    let at = 0;
    for (const { tensor, before, after } of places) {
      for (let b = 0; b < before; b++, at += after) {
        const start = tensor.offset + (b * units + unit) * after;
        own.set(vector.subarray(start, start + after), at);
      }
    }
    return own;
  });
}

/** Moves unit order[i] to place i. */
function reorder(weights: Float64Array, { units, places }: PermutationGroup, order: Int32Array): void {
  for (const { tensor, before, after } of places) {
    const size = units * after;
    for (let b = 0; b < before; b++) {
      const rows = weights.subarray(tensor.offset + b * size, tensor.offset + (b + 1) * size);
      const old = rows.slice();
      for (let i = 0; i < units; i++) rows.set(old.subarray(order[i] * after, (order[i] + 1) * after), i * after);
    }
  }
}
