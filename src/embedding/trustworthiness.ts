/**
 * Trustworthiness of a drawing (Venna & Kaski 2001): how far points that are among the k nearest of another on the drawing are from being so
 * among the points themselves, 1 − 2/(nk(2n − 3k − 1)) Σᵢ Σⱼ (r(i, j) − k), where j runs over the k nearest of i on the drawing and r is its
 * rank, from 1, among all others of i by the given distances. 1: no false neighbours; about 0.5 for a random drawing. Equal
 * distances rank by index.
 *
 * @param given n × n, row major. @param drawn the distances on the drawing, alike.
 * @throws RangeError where k is not 1 … n/2 exclusive.
 */
export function trustworthiness(given: Float64Array, drawn: Float64Array, n: number, k: number): number {
  if (!(Number.isInteger(k) && k >= 1 && 2 * k < n)) {
    throw new RangeError(`trustworthiness with ${k} neighbours needs more than ${2 * k} points, found ${n}`);
  }
  let penalty = 0;
  const rank = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    for (const [place, j] of othersByDistance(given, n, i).entries()) rank[j] = place + 1;
    for (const j of othersByDistance(drawn, n, i).subarray(0, k)) penalty += Math.max(0, rank[j] - k);
  }
  return 1 - (2 * penalty) / (n * k * (2 * n - 3 * k - 1));
}

function othersByDistance(distances: Float64Array, n: number, i: number): Int32Array {
  const own = distances.subarray(i * n, (i + 1) * n);
  const others = Int32Array.from({ length: n - 1 }, (_, j) => (j < i ? j : j + 1));
  return others.sort((a, b) => own[a] - own[b] || a - b);
}
