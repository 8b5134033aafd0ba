import { type Diagram, diagonalDistance, essentialDistances, finiteBars } from "./diagram.js";

/**
 * The bottleneck distance of two persistence diagrams: the smallest r for which some matching moves no bar by more than
 * r. A bar may also move to the diagonal. Distances in the plane are the larger difference of births and deaths (L∞).
 * The result is exact: it is the distance between two bars, from a bar to the diagonal, or between two essential
 * classes, as computed in f64.
 *
 * Essential classes are matched among themselves; different numbers of them give Infinity. Bars of length 0 cost
 * nothing. Two empty diagrams have distance 0.
 *
 * Such a matching exists exactly when each diagram's bars farther than r from the diagonal can be matched into the
 * other diagram, for each diagram by itself (Mendelsohn and Dulmage, 1958). So no copies of the diagonal are needed.
 * Hopcroft and Karp's algorithm finds both matchings among the pairs within r (Efrat, Itai, Katz: Geometry helps in
 * bottleneck matching, 2001). The bars are sorted by birth, and each search starts from the matching of the previous r.
 * r is bisected over the f64 numbers themselves, in at most 64 steps. Memory O(n). Most of the time goes into scanning
 * the bars born within r of each other.
 *
 * Throws RangeError when a birth or death is NaN.
 */
export function bottleneckDistance(a: Diagram, b: Diagram): number {
  const essential = essentialDistances(a, b);
  if (essential === undefined) return Infinity;
  const [left, right] = [finiteBars(a), finiteBars(b)].map(bars);
  const covers = [coverFinder(left, right), coverFinder(right, left)];
  const within = (radius: number) => covers.every((cover) => cover(radius));

  const least = essential.reduce((largest, distance) => Math.max(largest, distance), 0);
  if (within(least)) return least;
  // `low` is too small and `high` is large enough, because there every bar may go to the diagonal.
  let low = ordinal(least);
  let high = ordinal([left, right].reduce((largest, { half }) => half.reduce((x, y) => Math.max(x, y), largest), 0));
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (within(numberAt(middle))) high = middle;
    else low = middle;
  }
  return numberAt(high);
}

interface Bars extends Diagram {
  /** Distance to the diagonal. */
  half: Float64Array;
}

function bars({ birth, death }: Diagram): Bars {
  return { birth, death, half: birth.map((b, i) => diagonalDistance(b, death[i], "infinity")) };
}

const bits = new BigInt64Array(1);
const double = new Float64Array(bits.buffer);

/** The position of a number ≥ 0 in the order of all f64 numbers ≥ 0. */
function ordinal(x: number): bigint {
  double[0] = x;
  return bits[0];
}

function numberAt(ordinal: bigint): number {
  bits[0] = ordinal;
  return double[0];
}

/**
 * Returns a function of the radius. It tells whether all left bars farther than the radius from the diagonal can be
 * matched to different right bars within it. Bars are sorted by birth.
 */
function coverFinder(left: Bars, right: Bars): (radius: number) => boolean {
  const n = left.birth.length;
  const mate = new Int32Array(n).fill(-1); // partner of each left bar
  const owner = new Int32Array(right.birth.length).fill(-1); // partner of each right bar
  const begin = new Int32Array(n); // the first right bar that is not born too early
  const next = new Int32Array(n); // the right bar that the search looks at next
  const level = new Int32Array(n);
  const queue = new Int32Array(n);

  /**
   * The first right bar from `v` on that dies near enough, among the bars that are not born too late. −1 when there is
   * none.
   */
  function near(u: number, v: number, radius: number): number {
    const [birth, death] = [left.birth[u], left.death[u]];
    for (; v < right.birth.length && right.birth[v] - birth <= radius; v++) {
      if (Math.abs(right.death[v] - death) <= radius) return v;
    }
    return -1;
  }

  function forget(radius: number): number[] {
    const free: number[] = [];
    for (let u = 0, v = 0; u < n; u++) {
      while (v < right.birth.length && left.birth[u] - right.birth[v] > radius) v++;
      begin[u] = v;
      const partner = mate[u];
      const needed = left.half[u] > radius;
      if (partner >= 0) {
        const births = Math.abs(left.birth[u] - right.birth[partner]);
        const deaths = Math.abs(left.death[u] - right.death[partner]);
        if (needed && births <= radius && deaths <= radius) continue;
        mate[u] = owner[partner] = -1;
      }
      if (needed) free.push(u);
    }
    return free;
  }

  /**
   * Computes for each left bar its distance from a free one along shortest alternating paths. Tells whether such a path
   * reaches a free right bar.
   */
  function layer(free: number[], radius: number): boolean {
    level.fill(-1);
    let tail = 0;
    for (const u of free) {
      level[u] = 0;
      queue[tail++] = u;
    }
    let last = Infinity;
    for (let head = 0; head < tail && level[queue[head]] < last; head++) {
      const u = queue[head];
      for (let v = near(u, begin[u], radius); v >= 0; v = near(u, v + 1, radius)) {
        const w = owner[v];
        if (w < 0) last = level[u] + 1;
        else if (level[w] < 0) {
          level[w] = level[u] + 1;
          queue[tail++] = w;
        }
      }
    }
    return last < Infinity;
  }

  /**
   * Exchanges partners along a shortest alternating path from a free left bar, if one is left that is disjoint from the
   * earlier ones.
   */
  function augment(start: number, radius: number): boolean {
    const path = [start];
    while (path.length > 0) {
      const u = path[path.length - 1];
      const v = near(u, next[u], radius);
      if (v < 0) {
        level[u] = -1;
        path.pop();
        continue;
      }
      next[u] = v + 1;
      const w = owner[v];
      if (w >= 0 && level[w] === level[u] + 1) path.push(w);
      else if (w < 0) {
        for (const end of path) {
          mate[end] = next[end] - 1;
          owner[mate[end]] = end;
          level[end] = -1;
        }
        return true;
      }
    }
    return false;
  }

  return (radius) => {
    let free = forget(radius);
    while (free.length > 0) {
      if (!layer(free, radius)) return false;
      next.set(begin);
      free = free.filter((u) => !augment(u, radius));
    }
    return true;
  };
}
