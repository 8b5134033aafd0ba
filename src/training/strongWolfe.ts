/** One point of a line search: φ(t) = f(θ + t·d). */
export interface LinePoint<Payload> {
  /** Position along the direction. */
  t: number;
  /** φ(t). */
  loss: number;
  /** φ′(t). */
  slope: number;
  /** The caller's result at t (the gradient). */
  payload: Payload;
}

export interface LineSearchOptions {
  /** The first trial step. */
  firstStep: number;
  /** max |dᵢ|. A bracket that moves no weight by more than 1e-9 is small enough. */
  directionSize: number;
  /** Sufficient decrease. Default: 1e-4. */
  c1?: number;
  /** Curvature. Default: 0.9. */
  c2?: number;
  /** Maximum number of trials. Default: 25. */
  maxTrials?: number;
}

const SMALLEST_BRACKET = 1e-9;

/**
 * A step with the strong Wolfe conditions φ(t) ≤ φ(0) + c₁tφ′(0) and |φ′(t)| ≤ c₂|φ′(0)|: bracketing, then zoom by
 * cubic interpolation (Nocedal & Wright, algorithms 3.5 and 3.6, in the form of minFunc and `torch.optim.LBFGS`).
 *
 * If the trials run out, or the bracket becomes negligible, the best known point is returned, which is `origin` itself
 * when no trial was better. `blocked` tells that non-finite values were in the way: a trial whose loss or slope is not
 * finite counts as infinitely high, and brackets with such an end are halved.
 *
 * @param origin the point t = 0, with a negative slope.
 */
export async function strongWolfe<Payload>(
  trial: (t: number) => Promise<LinePoint<Payload>>,
  origin: LinePoint<Payload>,
  { firstStep, directionSize, c1 = 1e-4, c2 = 0.9, maxTrials = 25 }: LineSearchOptions,
): Promise<{ point: LinePoint<Payload>; trials: number; blocked: boolean }> {
  const tooHigh = (p: LinePoint<Payload>) => p.loss > origin.loss + c1 * p.t * origin.slope;
  const flatEnough = (p: LinePoint<Payload>) => Math.abs(p.slope) <= -c2 * origin.slope;
  let trials = 0;
  async function at(t: number): Promise<LinePoint<Payload>> {
    trials++;
    const point = await trial(t);
    return Number.isFinite(point.loss) && Number.isFinite(point.slope) ? point : { ...point, loss: Infinity };
  }

  let previous = origin;
  let point = await at(firstStep);
  let bracket: [LinePoint<Payload>, LinePoint<Payload>] | undefined;
  for (let round = 0; round < maxTrials; round++) {
    if (tooHigh(point) || (round > 1 && point.loss >= previous.loss)) {
      bracket = [previous, point];
      break;
    }
    if (flatEnough(point)) return { point, trials, blocked: false };
    if (point.slope >= 0) {
      bracket = [previous, point];
      break;
    }
    const t = cubicMinimizer(previous, point, point.t + 0.01 * (point.t - previous.t), point.t * 10);
    previous = point;
    point = await at(t);
  }
  if (!bracket) return { point: point.loss < origin.loss ? point : origin, trials, blocked: point.loss === Infinity };

  // Zoom. The interval keeps the order of its ends; `low` tells which of the two is lower.
  let low = bracket[0].loss <= bracket[1].loss ? 0 : 1;
  let nearEdge = false;
  while (trials <= maxTrials && Math.abs(bracket[1].t - bracket[0].t) * directionSize >= SMALLEST_BRACKET) {
    const left = Math.min(bracket[0].t, bracket[1].t);
    const right = Math.max(bracket[0].t, bracket[1].t);
    let t = cubicMinimizer(bracket[0], bracket[1], left, right);

    // Two trials in a row on an edge, or within a tenth of it, make too little progress: step away from the edge.
    const margin = 0.1 * (right - left);
    if (Math.min(right - t, t - left) >= margin) nearEdge = false;
    else if (nearEdge || t >= right || t <= left) {
      t = Math.abs(t - right) < Math.abs(t - left) ? right - margin : left + margin;
      nearEdge = false;
    } else nearEdge = true;

    point = await at(t);
    if (tooHigh(point) || point.loss >= bracket[low].loss) {
      bracket[1 - low] = point;
      low = bracket[0].loss <= bracket[1].loss ? 0 : 1;
      continue;
    }
    if (flatEnough(point)) return { point, trials, blocked: false };
    if (point.slope * (bracket[1 - low].t - bracket[low].t) >= 0) bracket[1 - low] = bracket[low];
    bracket[low] = point;
  }
  return { point: bracket[low], trials, blocked: bracket[1 - low].loss === Infinity };
}

/**
 * The minimizer in [lowest, highest] of the cubic through two points with their slopes (Nocedal & Wright, 3.59). The
 * middle when the cubic has no minimizer or an end is not finite.
 */
export function cubicMinimizer(
  a: { t: number; loss: number; slope: number },
  b: { t: number; loss: number; slope: number },
  lowest: number,
  highest: number,
): number {
  const d1 = a.slope + b.slope - (3 * (a.loss - b.loss)) / (a.t - b.t);
  const square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0 && square < Infinity)) return (lowest + highest) / 2;
  const d2 = Math.sqrt(square);
  const t =
    a.t <= b.t
      ? b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
      : a.t - (a.t - b.t) * ((a.slope + d2 - d1) / (a.slope - b.slope + 2 * d2));
  return Number.isNaN(t) ? (lowest + highest) / 2 : Math.min(Math.max(t, lowest), highest);
}
