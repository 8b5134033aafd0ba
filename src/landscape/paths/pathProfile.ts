import { arcLengths, lengthAt, pointAt } from "./pathPlaces.js";

/** The loss along a path: positions in order, including all its points, and the loss at each. */
export interface Profile {
  readonly places: readonly number[];
  readonly losses: readonly number[];
}

interface ProfileOptions {
  /** How much higher the true maximum may be than the result, as a share of its height above the lower end. */
  resolution: number;
  /** Called before every evaluation. */
  progress?(): void;
}

type Losses = (points: readonly Float64Array[]) => Promise<ArrayLike<number>>;

/** The interpolants of a gap, as shares. */
const SHARES = [0.25, 0.5, 0.75];
/** The number of points between two progress reports. */
const POINTS_PER_BLOCK = 8;
/** Rounds of halving. Each reduces the possible error to a quarter. */
const MOST_ROUNDS = 16;
/** The number of positions per round, which is the number that networks evaluate together. */
const PLACES_PER_ROUND = 4;

/**
 * The loss at the points of a path and at three interpolants in every gap; then by halving wherever the surrounding
 * slopes allow a maximum that is higher than the known one by more than `resolution`. So the maximum is that of the
 * path as a curve. It can be compared between paths with any number of points, and is never below the saddle that they
 * have to cross.
 */
export async function pathProfile(
  path: readonly Float64Array[],
  losses: Losses,
  { resolution, progress = () => {} }: ProfileOptions,
): Promise<Profile> {
  const last = path.length - 1;
  const first = path.flatMap((_, i) => (i === last ? [i] : [i, ...SHARES.map((share) => i + share)]));
  const lengths = arcLengths(path);
  const known = new Map<number, number>();
  const evaluate = async (places: readonly number[]) => {
    for (let start = 0; start < places.length; start += POINTS_PER_BLOCK) {
      progress();
      const block = places.slice(start, start + POINTS_PER_BLOCK);
      const found = await losses(block.map((place) => pointAt(path, place)));
      for (const [k, place] of block.entries()) known.set(place, found[k]);
    }
  };
  const profile = (): Profile => {
    const places = [...known.keys()].sort((a, b) => a - b);
    return { places, losses: places.map((place) => known.get(place)!) };
  };

  await evaluate(first);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const halves = hiddenTops(profile(), lengths, resolution);
    if (halves.length === 0) break;
    await evaluate(halves);
  }
  return profile();
}

/** The position of the highest loss (the first of equal ones) and that loss. NaN counts as +Infinity. */
export function topOf({ places, losses }: Profile): { place: number; loss: number } {
  let top = 0;
  for (let k = 1; k < losses.length; k++) if (heightOf(losses[k]) > heightOf(losses[top])) top = k;
  return { place: places[top], loss: heightOf(losses[top]) };
}

export const heightOf = (loss: number): number => (Number.isNaN(loss) ? Number.POSITIVE_INFINITY : loss);

/**
 * The middles of the intervals between known positions that may hide a higher loss. A concave function stays below the
 * lines that leave both ends of an interval with the slopes there; their intersection bounds it. A slope is that of the
 * interval before, or that of the parabola through the next three positions, whichever is steeper, because a path bends
 * at its points.
 */
function hiddenTops({ places, losses }: Profile, lengths: Float64Array, resolution: number): number[] {
  const { loss: top } = topOf({ places, losses });
  if (top === Number.POSITIVE_INFINITY) return [];
  const enough = top + resolution * (top - Math.min(losses[0], losses[losses.length - 1]));
  const at = places.map((place) => lengthAt(lengths, place));
  const slope = (k: number, l: number) => (losses[l] - losses[k]) / Math.abs(at[l] - at[k]);
  /** The slope of the loss from position k towards position l, with m the next one; 0 when it falls. */
  function rise(before: number, k: number, l: number, m: number): number {
    const [inside, beyond] = [slope(k, l), slope(l, m)];
    const parabola = inside + ((inside - beyond) * Math.abs(at[l] - at[k])) / Math.abs(at[m] - at[k]);
    // The path ends when there is no further position.
    return Math.max(0, slope(before, k) || 0, parabola || 0);
  }
  const hidden: { middle: number; bound: number }[] = [];
  for (let k = 0; k < places.length - 1; k++) {
    const [width, a, b] = [at[k + 1] - at[k], rise(k - 1, k, k + 1, k + 2), rise(k + 2, k + 1, k, k - 1)];
    if (a + b === 0) continue;
    const crossing = (losses[k + 1] - losses[k] + b * width) / (a + b);
    const bound = losses[k] + a * Math.min(width, Math.max(0, crossing));
    if (bound > enough) hidden.push({ middle: (places[k] + places[k + 1]) / 2, bound });
  }
  return hidden
    .sort((x, y) => y.bound - x.bound || x.middle - y.middle)
    .slice(0, PLACES_PER_ROUND)
    .map(({ middle }) => middle);
}
