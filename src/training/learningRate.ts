/** The schedule of the learning rate. Times are epochs (iterations when each takes all data), counted from 0. */
export type Schedule = { readonly warmup: number } & (
  | { readonly kind: "constant" }
  /** Multiplies by `factor` after this number of epochs each time. */
  | { readonly kind: "step"; readonly every: number; readonly factor: number }
  /** Multiplies by `factor` at each of these epochs. */
  | { readonly kind: "multi-step"; readonly at: readonly number[]; readonly factor: number }
  /** Half a cosine wave (Loshchilov & Hutter 2017), or a line, down to this learning rate. */
  | { readonly kind: "cosine" | "linear"; readonly to: number }
);

/** The time of a step. */
export interface Moment {
  /** From 0. */
  readonly epoch: number;
  readonly epochs: number;
  /** The number of the step among all steps, from 0. */
  readonly step: number;
  readonly stepsPerEpoch: number;
}

/**
 * The learning rate of a step. It changes from epoch to epoch, like PyTorch's schedulers stepped once per epoch: cosine
 * and linear start at `base` in the first epoch after the warm-up, and would reach `to` in the epoch after the last.
 * During the first `warmup` epochs it grows linearly with every step, from base / steps to base.
 */
export function learningRate(schedule: Schedule, base: number, { epoch, epochs, step, stepsPerEpoch }: Moment): number {
  const rising = schedule.warmup * stepsPerEpoch;
  if (step < rising) return (base * (step + 1)) / rising;
  const passed = epochs > schedule.warmup ? (epoch - schedule.warmup) / (epochs - schedule.warmup) : 0;
  switch (schedule.kind) {
    case "constant":
      return base;
    case "step":
      return base * schedule.factor ** Math.floor(epoch / schedule.every);
    case "multi-step":
      return base * schedule.factor ** schedule.at.filter((at) => at <= epoch).length;
    case "cosine":
      return schedule.to + ((base - schedule.to) * (1 + Math.cos(Math.PI * passed))) / 2;
    case "linear":
      return base + (schedule.to - base) * passed;
    default:
      return schedule satisfies never;
  }
}
