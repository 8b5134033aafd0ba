import { rowNormalized, type SparseMatrix, transposed } from "../linalg/sparseMatrix.js";

export interface PhateGraphOptions {
  /** The neighbour whose distance is the bandwidth of a point, not counting the point itself. */
  knn: number;
  /**
   * α: how steeply affinities fall at the bandwidth. Null gives the nearest `knn` points affinity 1 and all others 0.
   */
  decay: number | null;
  /** The factor of all bandwidths. */
  bandwidthScale: number;
  /** Affinities below this are set to 0. */
  threshold: number;
}

export interface PhateGraph {
  /** Affinities, n × n, symmetric, 1 on the diagonal. */
  kernel: SparseMatrix;
  /** The distance to the `knn`-th neighbour of each point, scaled. 0 when that many points coincide. */
  bandwidths: Float64Array;
  /**
   * The connected components of the graph. Nothing diffuses between them: their distance on the map only shows that
   * they are apart.
   */
  components: number;
}

/**
 * The α-decay kernel (Moon et al. 2019, eq. 5, as in graphtools 2.1): exp(−(d(x, y)/ε(x))^α) with the bandwidth ε(x),
 * averaged with its transpose. A point without bandwidth has affinity 1 to coincident points and 0 to all others.
 *
 * @param distances n × n, row-major, symmetric.
 * @throws RangeError when there are not n² numbers, and when knn is not 1 … n − 1; Error when a distance is negative,
 * NaN or infinite.
 */
export function phateGraph(distances: Float64Array, n: number, options: PhateGraphOptions): PhateGraph {
  const { knn, bandwidthScale } = options;
  if (!(Number.isInteger(knn) && knn >= 1 && knn < n)) {
    throw new RangeError(`knn is ${knn}; expected 1 to ${n - 1} for ${n} points`);
  }
  if (distances.length !== n * n) {
    throw new RangeError(`distances of ${n} points need ${n * n} numbers, found ${distances.length}`);
  }
  for (let at = 0; at < distances.length; at++) {
    if (distances[at] >= 0 && distances[at] < Infinity) continue;
    const [i, j] = [Math.floor(at / n), at % n];
    throw new Error(`the distance of points ${i} and ${j} is ${distances[at]}; a graph needs finite distances`);
  }
  const bandwidths = new Float64Array(n);
  const affinities = affinityRows(n, (i, write) => {
    const ofPoint = distances.subarray(i * n, (i + 1) * n);
    const nearest = sortedNearest(ofPoint, i, knn);
    bandwidths[i] = ofPoint[nearest[knn - 1]] * bandwidthScale;
    if (options.decay === null) {
      for (const j of Int32Array.of(i, ...nearest).sort()) write(j, 1);
    } else {
      const scale = Math.max(bandwidths[i], Number.EPSILON);
      // Beyond this distance affinities are below the threshold, whatever the rounding.
      const radius = scale * (1 + 1e-6) * (-Math.log(options.threshold)) ** (1 / options.decay);
      for (let j = 0; j < n; j++) {
        if (ofPoint[j] > radius) continue;
        const affinity = Math.exp(-((ofPoint[j] / scale) ** options.decay));
        if (affinity >= options.threshold) write(j, affinity);
      }
    }
  });
  const kernel = meanWithTransposed(affinities);
  return { kernel, bandwidths, components: countComponents(kernel) };
}

/** P: the rows of the kernel divided by their sums, which are the steps of a random walk. */
export function diffusionOperator(kernel: SparseMatrix): SparseMatrix {
  return rowNormalized(kernel);
}

/** The k nearest other points by (distance, index), nearest first. */
function sortedNearest(distances: Float64Array, self: number, k: number): Int32Array {
  const nearest = new Int32Array(k);
  let count = 0;
  for (let j = 0; j < distances.length; j++) {
    if (j === self) continue;
    const distance = distances[j];
    if (count === k && distance >= distances[nearest[k - 1]]) continue;
    let at = count < k ? count++ : k - 1;
    for (; at > 0 && distances[nearest[at - 1]] > distance; at--) nearest[at] = nearest[at - 1];
    nearest[at] = j;
  }
  return nearest;
}

/** A square sparse matrix from a function that writes the entries of one row after the other, columns ascending. */
function affinityRows(
  n: number,
  writeRow: (i: number, write: (j: number, entry: number) => void) => void,
): SparseMatrix {
  const start = new Int32Array(n + 1);
  let column = new Int32Array(16 * n);
  let value = new Float64Array(16 * n);
  let count = 0;
  const write = (j: number, entry: number) => {
    if (count === column.length) {
      column = extended(column, new Int32Array(2 * count));
      value = extended(value, new Float64Array(2 * count));
    }
    column[count] = j;
    value[count++] = entry;
  };
  for (let i = 0; i < n; i++) {
    writeRow(i, write);
    start[i + 1] = count;
  }
  return { rows: n, columns: n, start, column: column.slice(0, count), value: value.slice(0, count) };
}

function extended<T extends Int32Array | Float64Array>(short: T, long: T): T {
  long.set(short as never);
  return long;
}

/** (A + Aᵀ)/2. */
function meanWithTransposed(a: SparseMatrix): SparseMatrix {
  const b = transposed(a);
  const n = a.rows;
  const most = a.column.length + b.column.length;
  const start = new Int32Array(n + 1);
  const column = new Int32Array(most);
  const value = new Float64Array(most);
  let count = 0;
  for (let i = 0; i < n; i++) {
    let [inA, inB] = [a.start[i], b.start[i]];
    const [endA, endB] = [a.start[i + 1], b.start[i + 1]];
    while (inA < endA || inB < endB) {
      const j = Math.min(inA < endA ? a.column[inA] : n, inB < endB ? b.column[inB] : n);
      let sum = 0;
      if (inA < endA && a.column[inA] === j) sum += a.value[inA++];
      if (inB < endB && b.column[inB] === j) sum += b.value[inB++];
      column[count] = j;
      value[count++] = sum / 2;
    }
    start[i + 1] = count;
  }
  return { rows: n, columns: n, start, column: column.slice(0, count), value: value.slice(0, count) };
}

function countComponents({ rows, start, column }: SparseMatrix): number {
  const seen = new Uint8Array(rows);
  let components = 0;
  for (let root = 0; root < rows; root++) {
    if (seen[root]) continue;
    components++;
    seen[root] = 1;
    const waiting = [root];
    for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) {
      for (let at = start[i]; at < start[i + 1]; at++) {
        const j = column[at];
        if (seen[j]) continue;
        seen[j] = 1;
        waiting.push(j);
      }
    }
  }
  return components;
}
