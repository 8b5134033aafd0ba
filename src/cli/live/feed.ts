/** What the live page of a pipeline knows of its steps, and who wants to hear of changes. */
import type { Plan } from "../../pipeline/plan.js";
import type { RunEvent } from "../../run/outcome.js";
import { runFinder } from "../../run/runHistory.js";
import { stepStates } from "../../run/stepState.js";
import { liveClaims } from "../../store/claims.js";
import type { Store } from "../../store/store.js";

export interface StepView {
  id: string;
  uses: string;
  kind: string;
  state: "waiting" | "stale" | "running" | "cached" | "done" | "failed" | "blocked";
  fraction?: number;
  note?: string;
  error?: string;
}

export interface Feed {
  all(): StepView[];
  /** Gives what takes the listener away. */
  subscribe(listener: (changed: StepView[]) => void): () => void;
  onEvent(event: RunEvent): void;
  /** Looks at the store again and again, for what other processes make; `stop` ends it. */
  watch(): { stop(): void };
}

/** Milliseconds between two looks at the store, at least; a look takes at most a twentieth of the time. */
const LOOK_INTERVAL = 1000;

export function liveFeed(plan: Plan, store: Store): Feed {
  const views = new Map(
    plan.steps.map(({ id, definition }): [string, StepView] => [
      id,
      { id, uses: definition.name, kind: definition.output, state: "waiting" },
    ]),
  );
  const keys = new Map(plan.steps.map(({ id, key }) => [id, key]));
  const listeners = new Set<(changed: StepView[]) => void>();
  const change = (changes: Omit<StepView, "uses" | "kind">[]) => {
    const changed = changes.flatMap((facts) => {
      const known = views.get(facts.id);
      if (known === undefined) return [];
      const view: StepView = { uses: known.uses, kind: known.kind, ...facts };
      if (JSON.stringify(view) === JSON.stringify(known)) return [];
      views.set(facts.id, view);
      return [view];
    });
    if (changed.length > 0) for (const listener of listeners) listener(changed);
  };

  const look = () => {
    const lastRun = runFinder(store.folder, plan.pipeline.name);
    const { states } = stepStates(plan, store, lastRun);
    const claims = new Set(liveClaims(store.folder).map(({ key }) => key));
    change(
      [...states].map(([id, state]) => {
        if (state === "cached") return { id, state };
        if (claims.has(keys.get(id) as string)) return { id, state: "running" };
        if (state === "failed") return { id, state, error: lastRun(({ failures }) => id in failures)?.failures[id] };
        return { id, state: state === "stale" ? "stale" : "waiting" };
      }),
    );
  };

  return {
    all: () => [...views.values()],
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onEvent(event) {
      switch (event.type) {
        case "plan":
          change(event.steps.map(({ id }) => ({ id, state: event.cached.has(id) ? "cached" : "waiting" })));
          return;
        case "started":
          change([{ id: event.step.id, state: "running" }]);
          return;
        case "progress": {
          const { step, fraction, note } = event;
          const words = typeof note === "object" ? `${note.done} ${note.unit}` : note;
          change([{ id: step.id, state: "running", fraction, note: words }]);
          return;
        }
        case "finished": {
          const { step, state } = event.outcome;
          change([{ id: step.id, state, ...("error" in event.outcome && { error: event.outcome.error }) }]);
          return;
        }
        case "warning":
          return;
        default:
          event satisfies never;
      }
    },
    watch() {
      let timer: NodeJS.Timeout;
      const again = () => {
        const start = performance.now();
        look();
        timer = setTimeout(again, Math.max(LOOK_INTERVAL, 20 * (performance.now() - start)));
      };
      again();
      return { stop: () => clearTimeout(timer) };
    },
  };
}
