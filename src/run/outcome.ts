/** The outcome of each step of a run, and the events on the way. */
import type { Step } from "../pipeline/step.js";
import type { Amount } from "../stage.js";
import type { IntactObject } from "../store/intactObject.js";

export type Outcome =
  | ({ step: Step; state: "cached" | "done" } & IntactObject)
  /** `blocked`: not run, because an earlier step failed. */
  | { step: Step; state: "failed" | "blocked"; error: string };

export type RunEvent =
  | { type: "plan"; steps: readonly Step[]; cached: ReadonlyMap<string, Outcome>; jobs: number }
  | { type: "warning"; message: string }
  | { type: "started"; step: Step }
  | { type: "progress"; step: Step; fraction?: number; note?: string | Amount }
  | { type: "finished"; outcome: Outcome; seconds: number };

export type OnEvent = (event: RunEvent) => void;
