import { type LossScale, type LossScaleType, lossScale, lossScaleOf, unionOf } from "./lossScale.js";

/** The requested loss axis of a figure, or of its colours. */
export interface LossAxis {
  /** The ends of the axis. Default: the range of the losses. */
  lossDomain?: [number, number];
  lossScale?: LossScaleType;
}

/**
 * Scales that several panels share. Panels are drawn twice: the first time each notes the scales that it would choose,
 * and after `settle` all get one common scale.
 */
export class SharedScales {
  private readonly noted = new Map<string, Noted[]>();
  private settled: Map<string, LossScale> | undefined;

  /** `names`: the scales to share. Default: all. */
  constructor(private readonly names?: readonly string[]) {}

  settle(): void {
    this.settled = new Map(Array.from(this.noted, ([name, all]) => [name, together(all)] as const));
  }

  /** The scale of this name that a panel draws with, which would choose `own` for what it shows. */
  use(name: string, own: LossScale, shown?: Shown): LossScale {
    if (this.names && !this.names.includes(name)) return own;
    if (this.settled) return this.settled.get(name) ?? own;
    this.noted.set(name, [...(this.noted.get(name) ?? []), { own, shown }]);
    return own;
  }
}

/** The values that a scale was chosen for, and the function that chooses it. */
export interface Shown {
  values: readonly number[] | Float64Array;
  choose: (values: readonly number[]) => LossScale | undefined;
}

interface Noted {
  own: LossScale;
  shown?: Shown;
}

/** One scale for all: the one that a single panel with all values would choose. */
function together(all: readonly Noted[]): LossScale {
  const shown = all.flatMap(({ shown }) => (shown ? [shown] : []));
  const chosen = shown.length === all.length && shown[0].choose(shown.flatMap(({ values }) => Array.from(values)));
  return chosen || (unionOf(all.map(({ own }) => own)) as LossScale);
}

/**
 * The scale of losses in a figure: the requested one, or the range of the values; undefined when none of them is
 * finite.
 */
export function chosenScale(
  figure: LossAxis & { shared?: SharedScales },
  name: string,
  values: readonly number[] | Float64Array,
  margin = 0,
): LossScale | undefined {
  const choose = (shown: readonly number[] | Float64Array) => lossScale(shown, margin, figure.lossScale);
  const spanned = choose(values);
  if (spanned === undefined) return undefined;
  const own = figure.lossDomain ? lossScaleOf(figure.lossDomain, figure.lossScale) : spanned;
  return figure.shared?.use(name, own, figure.lossDomain ? undefined : { values, choose }) ?? own;
}
