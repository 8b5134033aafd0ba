/**
 * Progress on stderr: one line per finished step; on a terminal also a table of the running steps, which is redrawn.
 */
import { stripVTControlCharacters, styleText } from "node:util";
import type { Step } from "../pipeline/step.js";
import type { RunEvent } from "../run/outcome.js";
import type { Amount } from "../stage.js";
import { durationOf as seconds } from "../text/duration.js";
import { printable } from "../text/printable.js";
import { runTimeLeft, stepTimeLeft } from "./timeLeft.js";

export interface ProgressStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}

/** Milliseconds between two lines about a step when there is no table, and between two tables. */
const QUIET_INTERVAL = 15_000;
const DRAW_INTERVAL = 100;

/** The state of a running step. `firstAt` is the time of its first known progress. */
interface Active {
  start: number;
  spoken: number;
  fraction?: number;
  note?: string | Amount;
  firstAt?: number;
  timeLeft: ReturnType<typeof stepTimeLeft>;
}

/**
 * A listener for the events of a run, a function that prints a line besides them, and one that ends the display.
 * `quiet` leaves only warnings and failures. `clock` gives milliseconds.
 */
export function progressReporter(
  stream: ProgressStream,
  name: string,
  quiet = false,
  clock = () => performance.now(),
): { onEvent(event: RunEvent): void; say(text: string): void; end(): void } {
  const { CI, NO_COLOR, TERM } = process.env;
  const live = Boolean(stream.isTTY) && !CI && TERM !== "dumb" && !quiet;
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    stream.isTTY && !NO_COLOR ? styleText(style, text) : text;
  const active = new Map<Step, Active>();
  const began = clock();
  const counts = { all: 0, done: 0, failed: 0 };
  let ofRun = runTimeLeft(new Map());
  let [lines, drawnAt] = [0, Number.NEGATIVE_INFINITY];
  let timer: NodeJS.Timeout | undefined;

  const erase = () => {
    // The cursor may be behind the ^C of an interruption.
    if (lines > 0) stream.write(`\r\u001b[${lines}A\u001b[J`);
    lines = 0;
  };
  const draw = () => {
    clearTimeout(timer);
    erase();
    if (active.size === 0) return;
    const [columns, most] = [(stream.columns || 80) - 1, Math.max(1, Math.min(12, (stream.rows || 24) - 4))];
    const now = clock();
    const shown = [...active].slice(0, most);
    const width = Math.min(Math.max(...shown.map(([{ id }]) => id.length)), columns >> 1);
    const rows = shown.map(([{ id }, state]) => {
      const fraction = state.fraction === undefined ? "" : `${Math.floor(100 * state.fraction)} %`;
      const facts = [seconds((now - state.start) / 1000), leftOf(state, now), wordsOf(state, now)].filter(Boolean);
      const drawn = columns < 60 ? "" : ` ${bar(state.fraction)}`;
      return `  ${fitted(id, width).padEnd(width)}${drawn} ${fraction.padStart(5)}  ${facts.join("  ")}`;
    });
    if (active.size > most) rows.push(`  and ${active.size - most} more`);
    const elapsed = (now - began) / 1000;
    const rest = ofRun.left(now);
    const left = rest === undefined ? "" : `, about ${seconds(rest / 1000)} left`;
    const failed = counts.failed > 0 ? `, ${counts.failed} failed` : "";
    rows.push(`${counts.done} of ${counts.all} steps${failed}, ${active.size} running, ${seconds(elapsed)}${left}`);
    stream.write(rows.map((row) => `${fitted(row, columns)}\n`).join(""));
    lines = rows.length;
    drawnAt = now;
    // The clock continues without events.
    timer = setTimeout(draw, 1000).unref();
  };
  const estimate = () => {
    const now = clock();
    const running = [...active].map(([{ stage }, { start, timeLeft }]) => {
      return { stage, age: now - start, left: timeLeft.left(now) };
    });
    ofRun.update(running, now - began, now);
  };
  const redraw = () => {
    if (!live) return;
    const wait = drawnAt + DRAW_INTERVAL - clock();
    if (wait <= 0) return draw();
    clearTimeout(timer);
    timer = setTimeout(draw, wait).unref();
  };
  const line = (text: string) => {
    erase();
    stream.write(`${text}\n`);
    redraw();
  };

  return {
    say(text) {
      if (stream.isTTY && lines === 0) stream.write("\n");
      line(text);
    },
    end() {
      clearTimeout(timer);
      erase();
      active.clear();
    },
    onEvent(event) {
      switch (event.type) {
        case "plan": {
          counts.all = event.steps.length - event.cached.size;
          ofRun = runTimeLeft(stepsToRun(event.steps, event.cached));
          const work =
            counts.all === 0
              ? "all cached"
              : `${event.cached.size} cached, ${counts.all} to run${Number.isFinite(event.jobs) ? ` on ${event.jobs} workers` : ""}`;
          if (!quiet) line(`${name}: ${event.steps.length} steps, ${work}`);
          return;
        }
        case "warning":
          line(`${paint("yellow", "warning")} ${printable(event.message)}`);
          return;
        case "started":
          active.set(event.step, { start: clock(), spoken: clock(), timeLeft: stepTimeLeft() });
          redraw();
          return;
        case "progress": {
          const state = active.get(event.step);
          if (state === undefined) return;
          Object.assign(state, { fraction: event.fraction, note: event.note });
          const now = clock();
          if (event.fraction !== undefined) {
            state.firstAt ??= now;
            state.timeLeft.report(event.fraction, now);
            estimate();
          }
          redraw();
          if (!live && !quiet && now - state.spoken > QUIET_INTERVAL) {
            state.spoken = now;
            line(`  ${event.step.id} ${told(state, now)}`);
          }
          return;
        }
        case "finished": {
          const { outcome } = event;
          const start = active.get(outcome.step)?.start;
          active.delete(outcome.step);
          counts.done++;
          ofRun.finished(
            outcome.step.stage,
            outcome.state === "done" && start !== undefined ? clock() - start : undefined,
          );
          estimate();
          if ("error" in outcome) {
            if (outcome.state === "failed") counts.failed++;
            if (outcome.state === "failed")
              line(`${paint("red", "✗")} ${outcome.step.id}: ${printable(outcome.error)}`);
            else redraw();
            return;
          }
          if (outcome.state === "cached") return redraw();
          if (quiet) return;
          const facts = ((outcome.record().provenance.summary ?? []) as [string, number | string][])
            .slice(0, 4)
            .map(([fact, value]) => printable(`${fact} ${shortened(value)}`).replaceAll("\n", " "));
          const detail = facts.length > 0 ? paint("dim", `  ${facts.join(", ")}`) : "";
          line(`${paint("green", "✓")} ${outcome.step.id} ${seconds(event.seconds)}${detail}`);
          return;
        }
        default:
          event satisfies never;
      }
    },
  };
}

/** 52 %, 12 s left (10,240 points/s) */
function told(state: Active, now: number): string {
  const share =
    state.fraction === undefined ? seconds((now - state.start) / 1000) : `${Math.floor(100 * state.fraction)} %`;
  const [left, words] = [leftOf(state, now), wordsOf(state, now)];
  return `${share}${left && `, ${left}`}${words && ` (${words})`}`;
}

function leftOf({ timeLeft }: Active, now: number): string {
  const left = timeLeft.left(now);
  return left === undefined ? "" : `${seconds(left / 1000)} left`;
}

/** The number of steps of each stage that are not cached. */
function stepsToRun(steps: readonly Step[], cached: ReadonlyMap<string, unknown>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { id, stage } of steps) if (!cached.has(id)) counts.set(stage, (counts.get(stage) ?? 0) + 1);
  return counts;
}

function wordsOf({ note, start, firstAt = start }: Active, now: number): string {
  if (typeof note === "object") return rate(note, (now - firstAt) / 1000);
  return note === undefined ? "" : stripVTControlCharacters(note).replace(/\p{Cc}/gu, " ");
}

const BAR = 16;

function bar(fraction = 0): string {
  const full = Math.round(BAR * Math.min(1, Math.max(0, fraction)));
  return "█".repeat(full) + "░".repeat(BAR - full);
}

/** The part of a text that fits; wide characters, such as Chinese, take two columns. */
function fitted(text: string, columns: number): string {
  let [width, end] = [0, 0];
  for (const character of text) {
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Extended_Pictographic}/u.test(
        character,
      )
        ? 2
        : 1;
    if (width > columns) return `${text.slice(0, Math.max(0, end - 1))}…`;
    end += character.length;
  }
  return text;
}

/** Integers and text in full, other numbers to 4 digits. */
function shortened(value: number | string): number | string {
  return typeof value !== "number" || Number.isInteger(value) ? value : Number(value.toPrecision(4));
}

/** 10,240 points/s; when one takes longer than a second: 2.5 s for each of 12 points. */
function rate({ done, unit }: Amount, elapsed: number): string {
  const each = elapsed / done;
  return each > 1
    ? `${seconds(each)} for each of ${done} ${unit}`
    : `${Math.round(1 / each).toLocaleString("en")} ${unit}/s`;
}
