import { nearestByDistance } from "../linalg/nearestNeighbors.js";

/**
 * Trustworthiness of a drawing (Venna & Kaski 2001): 1 − 2/(nk(2n − 3k − 1)) Σᵢ Σⱼ (r(i, j) − k). Here j runs over the
 * k nearest of i in the drawing, and r is the rank of j, from 1, among all others of i by the given distances; only
 * ranks above k count. 1 means that there are no false neighbours; a random drawing has about 0.5. Equal distances rank
 * by index.
 *
 * @param given n × n, row-major. @param drawn the distances in the drawing, likewise.
 * @throws RangeError when k is not 1 … n/2 exclusive.
 */
export function trustworthiness(given: Float64Array, drawn: Float64Array, n: number, k: number): number {
  if (!(Number.isInteger(k) && k >= 1 && 2 * k < n)) {
    throw new RangeError(`trustworthiness with ${k} neighbours needs more than ${2 * k} points, found ${n}`);
  }
  const nearest = nearestByDistance(drawn, { k });
  let penalty = 0;
  for (let i = 0; i < n; i++) {
    const own = given.subarray(i * n, (i + 1) * n);
    for (const j of nearest.indices.subarray(i * k, (i + 1) * k)) penalty += Math.max(0, rankOf(j, own, i) - k);
  }
  return 1 - (2 * penalty) / (n * k * (2 * n - 3 * k - 1));
}

/** The rank of j, from 1, among all points but i by their distances from i. */
function rankOf(j: number, distances: Float64Array, i: number): number {
  let rank = 1;
  for (let l = 0; l < distances.length; l++) {
    if (l !== i && (distances[l] < distances[j] || (distances[l] === distances[j] && l < j))) rank++;
  }
  return rank;
}
