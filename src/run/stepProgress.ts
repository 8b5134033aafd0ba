import type { Step } from "../pipeline/step.js";
import type { Amount } from "../stage.js";
import type { Piece, TaskProgress } from "./executor.js";
import type { OnEvent } from "./outcome.js";

interface PieceProgress {
  fraction?: number;
  amount?: Amount;
}

export type StepProgress = ReturnType<typeof stepProgress>;

/** Adds up the progress of a step's pieces and reports it. */
export function stepProgress(step: Step, onEvent: OnEvent) {
  let pieces = new Map<number, PieceProgress>();
  let start: number | undefined;
  return {
    /** The seconds since the step began. */
    seconds: () => (start === undefined ? 0 : (performance.now() - start) / 1000),
    report({ part, fraction, note }: TaskProgress): void {
      if (start === undefined) {
        start = performance.now();
        onEvent({ type: "started", step });
      }
      const before = pieces.get(part);
      const amount = typeof note === "object" ? note : before?.amount;
      pieces.set(part, { fraction: fraction ?? before?.fraction, amount });
      onEvent({ type: "progress", step, ...together([...pieces.values()]), ...(typeof note === "string" && { note }) });
    },
    /** Sets the pieces of the step. Those in `todo` still have to be computed. */
    split(all: readonly Piece[], todo: readonly Piece[]): void {
      const missing = new Set(todo);
      pieces = new Map(all.map((piece) => [piece.index, { fraction: missing.has(piece) ? 0 : 1 }]));
      onEvent({ type: "progress", step, fraction: 1 - todo.length / all.length });
    },
  };
}

/** The progress of a step from that of its pieces: the mean of the known fractions, the sum of the amounts. */
function together(pieces: PieceProgress[]): { fraction?: number; note?: Amount } {
  const known = pieces.flatMap(({ fraction }) => fraction ?? []);
  const amounts = pieces.flatMap(({ amount }) => amount ?? []);
  return {
    ...(known.length > 0 && { fraction: known.reduce((sum, share) => sum + share, 0) / pieces.length }),
    ...(amounts.length > 0 && {
      note: { done: amounts.reduce((sum, { done }) => sum + done, 0), unit: amounts[0].unit },
    }),
  };
}
