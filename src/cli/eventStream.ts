/**
 * The events of a run for other programs (`run --json`): one JSON object per line. NaN and infinite numbers are texts
 * of that name.
 */
import type { Plan } from "../pipeline/plan.js";
import type { Outcome, RunEvent } from "../run/outcome.js";

/**
 * - `plan`: pipeline, file, jobs, and of each step its id, stage, uses, point, key and whether it is cached
 * - `started`: step
 * - `progress`: step; fraction, note, done and unit where they are known
 * - `finished`: step, state (done, cached, failed, blocked), key, seconds; object (its sha256) and summary, or error
 * - `warning`: message
 * - `published`: files
 * - `end`: exitCode, seconds, how many steps are done, cached, failed, blocked; error where the run itself failed
 */
export function eventStream(write: (line: string) => void, { pipeline }: Plan) {
  const start = performance.now();
  const tell = (event: string, facts: object) => write(`${JSON.stringify({ event, ...facts }, finite)}\n`);
  return {
    onEvent(event: RunEvent): void {
      switch (event.type) {
        case "plan":
          tell("plan", {
            ...{ pipeline: pipeline.name, file: pipeline.file.file, jobs: event.jobs },
            steps: event.steps.map(({ id, stage, definition, point, key }) => ({
              ...{ step: id, stage, uses: definition.name, point, key, cached: event.cached.has(id) },
            })),
          });
          return;
        case "warning":
          tell("warning", { message: event.message });
          return;
        case "started":
          tell("started", { step: event.step.id });
          return;
        case "progress": {
          const { step, fraction, note } = event;
          tell("progress", { step: step.id, fraction, ...(typeof note === "object" ? note : { note }) });
          return;
        }
        case "finished":
          tell("finished", { ...factsOf(event.outcome), seconds: event.seconds });
          return;
        default:
          event satisfies never;
      }
    },
    published: (files: readonly string[]) => tell("published", { files }),
    end(exitCode: number, outcomes: readonly Outcome[], error?: string): void {
      const count = (state: Outcome["state"]) => outcomes.filter((outcome) => outcome.state === state).length;
      const counts = {
        done: count("done"),
        cached: count("cached"),
        failed: count("failed"),
        blocked: count("blocked"),
      };
      tell("end", { exitCode, seconds: (performance.now() - start) / 1000, ...counts, error });
    },
  };
}

/** JSON has no NaN and no Infinity. */
function finite(_name: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function factsOf(outcome: Outcome): object {
  const { step, state } = outcome;
  const known = { step: step.id, state, key: step.key };
  if ("error" in outcome) return { ...known, error: outcome.error };
  const { key, provenance } = outcome.record();
  return { ...known, key, object: outcome.object, summary: provenance.summary ?? [] };
}
