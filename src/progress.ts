/** Progress on stderr: a line a finished step; on a terminal also one line, redrawn, for what is running. */
import { styleText } from "node:util";
import type { Step } from "./plan.js";
import type { RunEvent } from "./run.js";
import type { Amount } from "./stage.js";

export interface ProgressStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

const QUIET_INTERVAL = 15_000;

/** What is known of a step that runs; `first` is how far it was when that was first known: a resumed step starts midway. */
interface Active {
  start: number;
  spoken: number;
  fraction?: number;
  note?: string | Amount;
  first?: { at: number; fraction: number };
}

/** A listener for the events of a run. `quiet` leaves only warnings and failures. */
export function progressReporter(stream: ProgressStream, name: string, quiet = false): (event: RunEvent) => void {
  const live = Boolean(stream.isTTY) && !process.env.CI && !quiet;
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    stream.isTTY && !process.env.NO_COLOR ? styleText(style, text) : text;
  const active = new Map<Step, Active>();
  let drawn = false;

  const line = (text: string) => {
    if (drawn) stream.write("\r\u001b[2K");
    drawn = false;
    stream.write(`${text}\n`);
    redraw();
  };
  const status = (step: Step) => {
    const { start, fraction, note, first } = active.get(step) as Active;
    const now = performance.now();
    const gained = fraction !== undefined && first !== undefined ? fraction - first.fraction : 0;
    const left =
      fraction !== undefined && first !== undefined && gained > 0.02
        ? `, ${seconds(((now - first.at) / 1000) * ((1 - fraction) / gained))} left`
        : "";
    const share = fraction === undefined ? seconds((now - start) / 1000) : `${Math.floor(100 * fraction)} %${left}`;
    const words = typeof note === "object" ? rate(note, (now - (first?.at ?? start)) / 1000) : note;
    return `${step.id} ${share}${words ? ` (${words})` : ""}`;
  };
  const redraw = () => {
    if (!live || active.size === 0) return;
    const text = [...active.keys()].map(status).join(" · ");
    stream.write(`\r\u001b[2K${text.slice(0, (stream.columns || 80) - 1)}`);
    drawn = true;
  };

  return (event) => {
    switch (event.type) {
      case "plan": {
        const fresh = event.steps - event.cached;
        const work = fresh === 0 ? "all cached" : `${event.cached} cached, ${fresh} to run on ${event.jobs} workers`;
        if (!quiet) line(`${name}: ${event.steps} steps, ${work}`);
        return;
      }
      case "warning":
        line(`${paint("yellow", "warning")} ${event.message}`);
        return;
      case "started":
        active.set(event.step, { start: performance.now(), spoken: performance.now() });
        redraw();
        return;
      case "progress": {
        const state = active.get(event.step);
        if (state === undefined) return;
        Object.assign(state, { fraction: event.fraction, note: event.note });
        if (event.fraction !== undefined) state.first ??= { at: performance.now(), fraction: event.fraction };
        redraw();
        if (!live && !quiet && performance.now() - state.spoken > QUIET_INTERVAL) {
          state.spoken = performance.now();
          line(`  ${status(event.step)}`);
        }
        return;
      }
      case "finished": {
        const { outcome } = event;
        active.delete(outcome.step);
        if ("error" in outcome) {
          if (outcome.state === "failed") line(`${paint("red", "✗")} ${outcome.step.id}: ${outcome.error}`);
          else redraw();
          return;
        }
        const facts = ((outcome.record().provenance.summary ?? []) as [string, number | string][])
          .slice(0, 4)
          .map(([fact, value]) => `${fact} ${shortened(value)}`);
        if (!quiet) {
          const detail = facts.length > 0 ? paint("dim", `  ${facts.join(", ")}`) : "";
          line(`${paint("green", "✓")} ${outcome.step.id} ${seconds(event.seconds)}${detail}`);
        }
        return;
      }
      default:
        event satisfies never;
    }
  };
}

/** Whole numbers and text in full, other numbers to 4 digits. */
function shortened(value: number | string): number | string {
  return typeof value !== "number" || Number.isInteger(value) ? value : Number(value.toPrecision(4));
}

/** 10,240 points/s; where one takes longer than a second: 2.5 s for each of 12 points. */
function rate({ done, unit }: Amount, elapsed: number): string {
  const each = elapsed / done;
  return each > 1
    ? `${seconds(each)} for each of ${done} ${unit}`
    : `${Math.round(1 / each).toLocaleString("en")} ${unit}/s`;
}

/** A duration for people: 0.42 s, 12 s, 3 min 20 s, 2 h 5 min. */
function seconds(duration: number): string {
  if (duration < 10) return `${duration.toFixed(duration < 1 ? 2 : 1)} s`;
  if (duration < 100) return `${Math.round(duration)} s`;
  const minutes = Math.floor(duration / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(duration - 60 * minutes)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
