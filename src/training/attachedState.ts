import type { TrainingHooks, TrainingState } from "./trainingRecord.js";

/**
 * Hooks of a training that keep further numbers with its state, and those that an earlier run left. They lie in vectors
 * of the length of the others, behind them; the rest of the last one is zero.
 */
export function attachedState(
  hooks: TrainingHooks,
  current: () => Float64Array,
): { hooks: TrainingHooks; left?: Float64Array } {
  const { resume, save } = hooks;
  const own: TrainingHooks = {
    ...hooks,
    save: (state) => save(() => joined(state(), current())),
    resume: resume && parted(resume).state,
  };
  return { hooks: own, ...(resume && { left: parted(resume).numbers }) };
}

function joined({ facts, vectors }: TrainingState, numbers: Float64Array): TrainingState {
  const width = vectors[0].length;
  const rows = Array.from({ length: Math.ceil(numbers.length / width) }, (_, k) => {
    const row = new Float64Array(width);
    row.set(numbers.subarray(k * width, (k + 1) * width));
    return row;
  });
  return { facts: { ...facts, attached: numbers.length }, vectors: [...vectors, ...rows] };
}

function parted({ facts: { attached, ...facts }, vectors }: TrainingState) {
  const length = attached as number;
  const width = vectors[0].length;
  const own = vectors.length - Math.ceil(length / width);
  const numbers = new Float64Array(length);
  for (const [k, row] of vectors.slice(own).entries()) numbers.set(row.subarray(0, length - k * width), k * width);
  return { state: { facts, vectors: vectors.slice(0, own) }, numbers };
}
