import { departsFromParabola } from "./lineShape.js";

/** The losses at coefficients along one direction. 0 is the model. */
export type LossesAlong = (coefficients: Float64Array) => Promise<Float64Array>;

export interface RiseOptions {
  /** The factor by which the loss has to rise, above 1. */
  rise: number;
  /** Continues, doubling the range each time, until the line shows more than a parabola. */
  beyondParabola?: boolean;
}

export interface RiseRange {
  /** The range is [−reach, reach], so the model stays in its middle. Two digits, rounded up. */
  reach: number;
  /**
   * How far each side goes until the loss has risen, downwards first; undefined when it does not rise within 2²⁰ ≈ 1e6.
   */
  sides: [number | undefined, number | undefined];
}

/** Coefficients from 2^FINEST to 2^FARTHEST are tried, beginning with 2^START, so many at once. */
const [FINEST, START, FARTHEST] = [-30, -8, 20];
const TOGETHER = 4;
/** Halvings of a bracket, in powers of 2, after which the reach is accurate to half a percent. */
const HALVINGS = 7;
/** Doublings in search of more than a parabola. */
const DOUBLINGS = 8;
const POINTS = 11;

/**
 * The distance along a direction, on each side, at which the loss has risen by a factor. The search goes outwards in
 * powers of two from 2⁻⁸, or inwards if the loss is that high there, to the bracket at whose outer end the loss is that
 * high (or not a number: the loss has left f64), and then bisects. The reach is that of the farther side, but at most
 * four times that of the other.
 *
 * @throws Error when the loss at the model is not above 0, so that a factor has no meaning, or when it rises on neither
 * side.
 */
export async function riseRange(lossesAlong: LossesAlong, { rise, beyondParabola }: RiseOptions): Promise<RiseRange> {
  if (!(rise > 1 && rise < Infinity)) throw new RangeError(`rise is ${rise}; expected a finite factor above 1`);
  const [atModel] = await lossesAlong(Float64Array.of(0));
  if (!(atModel > 0 && atModel < Infinity)) {
    throw new Error(`the loss at the model is ${atModel}, so a factor has no meaning; expected a range [lo, hi]`);
  }
  const sides = await distancesTo(rise * atModel, lossesAlong);
  const found = sides.filter((side) => side !== undefined);
  if (found.length === 0) {
    throw new Error(
      `the loss, ${atModel} at the model, rises by the factor ${rise} on neither side within ${2 ** FARTHEST}; ` +
        "expected a smaller rise, or a range [lo, hi]",
    );
  }
  let reach = twoDigits(Math.min(Math.max(...found), 4 * Math.min(...found)));
  if (beyondParabola) reach = await pastParabola(lossesAlong, reach);
  return { reach, sides };
}

/**
 * How far each side goes, downwards first, until the loss has reached a level above that of the model; undefined when
 * it does not within 2²⁰.
 */
export async function distancesTo(level: number, lossesAlong: LossesAlong): Promise<RiseRange["sides"]> {
  const isHigh = (loss: number) => !(loss < level);
  const sides: RiseRange["sides"] = [undefined, undefined];
  for (const [k, sign] of [-1, 1].entries()) {
    const first = await firstPower(async (powers) => {
      const losses = await lossesAlong(Float64Array.from(powers, (power) => sign * 2 ** power));
      return Array.from(losses, isHigh);
    });
    if (first === undefined) continue;
    let [low, high] = [first - 1, first];
    for (let i = 0; i < HALVINGS; i++) {
      const middle = (low + high) / 2;
      const [loss] = await lossesAlong(Float64Array.of(sign * 2 ** middle));
      if (isHigh(loss)) high = middle;
      else low = middle;
    }
    sides[k] = 2 ** high;
  }
  return sides;
}

/**
 * The power of two from which on something holds: found upwards from START, or downwards where it holds there already.
 * Undefined when it holds nowhere.
 */
async function firstPower(holds: (powers: readonly number[]) => Promise<boolean[]>): Promise<number | undefined> {
  const [atStart] = await holds([START]);
  const step = atStart ? -1 : 1;
  for (let distance = 1; ; distance += TOGETHER) {
    const next = Array.from({ length: TOGETHER }, (_, i) => START + step * (distance + i));
    const powers = next.filter((power) => power >= FINEST && power <= FARTHEST);
    if (powers.length === 0) return atStart ? FINEST : undefined;
    const change = (await holds(powers)).indexOf(!atStart);
    if (change >= 0) return atStart ? powers[change] + 1 : powers[change];
  }
}

/** The reach, doubled until the line departs from its parabola. Unchanged when it never does, or leaves f64 first. */
async function pastParabola(lossesAlong: LossesAlong, from: number): Promise<number> {
  for (let reach = from, k = 0; k <= DOUBLINGS; reach *= 2, k++) {
    const line = Float64Array.from({ length: POINTS }, (_, i) => (reach * (2 * i - POINTS + 1)) / (POINTS - 1));
    const losses = await lossesAlong(line);
    if (!losses.every(Number.isFinite)) break;
    if (departsFromParabola(line, losses)) return twoDigits(reach);
  }
  return from;
}

/** The next larger number with two digits. */
function twoDigits(x: number): number {
  const unit = 10 ** (Math.floor(Math.log10(x)) - 1);
  const digits = Math.ceil(x / unit - 1e-9);
  return Number(`${digits}e${Math.round(Math.log10(unit))}`);
}
