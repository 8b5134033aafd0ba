import { pointAt } from "./pathPlaces.js";

/** The loss along a path: places in order, those of all its points among them, and the loss at each. */
export interface Profile {
  readonly places: readonly number[];
  readonly losses: readonly number[];
}

interface ProfileOptions {
  /** How much higher the top may be than what is found, as a share of its height above the lower end. */
  resolution: number;
  /** Called before every evaluation. */
  progress?(): void;
}

type Losses = (points: readonly Float64Array[]) => Promise<ArrayLike<number>>;

/** Interpolants of a gap, as shares. */
const SHARES = [0.25, 0.5, 0.75];
/** Points evaluated between two reports of progress. */
const POINTS_PER_BLOCK = 16;
/** Rounds of halving the gaps beside a top: each quarters what may be hidden there. */
const MOST_ROUNDS = 16;
/** Tops looked at in a round. */
const TOPS_PER_ROUND = 2;

/**
 * The loss at the points of a path and at three interpolants in every gap; then beside the tops, by halving, until parabolas through
 * neighbours tell that no more than `resolution` is hidden between them. So the maximum is that of the path as a curve: what may be
 * compared between paths of any number of points, and never below the saddle they have to cross.
 */
export async function pathProfile(
  path: readonly Float64Array[],
  losses: Losses,
  { resolution, progress = () => {} }: ProfileOptions,
): Promise<Profile> {
  const last = path.length - 1;
  const first = path.flatMap((_, i) => (i === last ? [i] : [i, ...SHARES.map((share) => i + share)]));
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
    const halves = hiddenTops(profile(), resolution);
    if (halves.length === 0) break;
    await evaluate(halves);
  }
  return profile();
}

/** The place of the highest loss (the first of equal ones) and that loss; NaN counts as +Infinity. */
export function topOf({ places, losses }: Profile): { place: number; loss: number } {
  let top = 0;
  for (let k = 1; k < losses.length; k++) if (heightOf(losses[k]) > heightOf(losses[top])) top = k;
  return { place: places[top], loss: heightOf(losses[top]) };
}

export const heightOf = (loss: number): number => (Number.isNaN(loss) ? Number.POSITIVE_INFINITY : loss);

/** The middles of the gaps beside tops between which more may be hidden than is known. */
function hiddenTops(profile: Profile, resolution: number): number[] {
  const { places, losses } = profile;
  const top = topOf(profile).loss;
  if (top === Number.POSITIVE_INFINITY) return [];
  const enough = top + resolution * (top - Math.min(losses[0], losses[losses.length - 1]));
  const tops: { k: number; possible: number }[] = [];
  for (let k = 1; k < places.length - 1; k++) {
    const [fallLeft, fallRight] = [losses[k] - losses[k - 1], losses[k] - losses[k + 1]];
    if (!(fallLeft >= 0 && fallRight >= 0)) continue;
    const [left, right] = [places[k] - places[k - 1], places[k + 1] - places[k]];
    // The parabola falls by c·s² from its top, which is at most half a gap away from the highest place.
    const c = (fallLeft / left + fallRight / right) / (left + right);
    const possible = losses[k] + (c * Math.max(left, right) ** 2) / 4;
    if (possible > enough) tops.push({ k, possible });
  }
  tops.sort((a, b) => b.possible - a.possible || a.k - b.k);
  const halves = tops
    .slice(0, TOPS_PER_ROUND)
    .flatMap(({ k }) => [(places[k - 1] + places[k]) / 2, (places[k] + places[k + 1]) / 2]);
  return [...new Set(halves)];
}
