/** What a line of losses shows: only a parabola, only a plateau, or more. */
export type LineShape = "parabola" | "plateau" | "more";

/** A line counts as a parabola when it is within this share of its range of one. */
const PARABOLA = 0.02;
/** A line counts as a plateau when its range is below this share of its size. */
const PLATEAU = 1e-3;

/** The shape of the finite losses of a line. "more" for fewer than five, which are not enough to tell. */
export function lineShape(coefficients: ArrayLike<number>, losses: ArrayLike<number>): LineShape {
  const finite = Array.from(losses).filter(Number.isFinite);
  if (finite.length < 5) return "more";
  const [low, high] = [finite.reduce((a, b) => Math.min(a, b)), finite.reduce((a, b) => Math.max(a, b))];
  if (high - low <= PLATEAU * Math.max(Math.abs(low), Math.abs(high))) return "plateau";
  return finite.length === losses.length && !departsFromParabola(coefficients, losses) ? "parabola" : "more";
}

/** True when some loss is farther from the best-fitting parabola than 2 % of the range of the losses. */
export function departsFromParabola(coefficients: ArrayLike<number>, losses: ArrayLike<number>): boolean {
  const n = losses.length;
  const middle = (coefficients[0] + coefficients[n - 1]) / 2;
  const half = (coefficients[n - 1] - coefficients[0]) / 2;
  const x = Array.from(coefficients, (c) => (c - middle) / half);
  // The polynomials 1, x, x² made orthogonal on the points, so that the fit is a sum of projections.
  const basis: number[][] = [];
  for (const power of [0, 1, 2]) {
    const p = x.map((value) => value ** power);
    for (const q of basis) {
      const share = dot(p, q) / dot(q, q);
      for (let i = 0; i < n; i++) p[i] -= share * q[i];
    }
    basis.push(p);
  }
  const scale = Array.from(losses).reduce((largest, loss) => Math.max(largest, Math.abs(loss)), 0);
  if (scale === 0) return false;
  const rest = Array.from(losses, (loss) => loss / scale);
  const range = rest.reduce((a, b) => Math.max(a, b)) - rest.reduce((a, b) => Math.min(a, b));
  for (const q of basis) {
    const share = dot(rest, q) / dot(q, q);
    for (let i = 0; i < n; i++) rest[i] -= share * q[i];
  }
  return rest.some((distance) => Math.abs(distance) > PARABOLA * range);
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);
