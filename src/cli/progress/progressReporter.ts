/**
 * Progress on stderr: one line per finished step; on a terminal also a table of the running steps, which is redrawn.
 */
import { styleText } from "node:util";
import type { RunEvent } from "../../run/outcome.js";
import { durationOf as seconds } from "../../text/duration.js";
import { printable } from "../../text/printable.js";
import { counted } from "../../text/words.js";
import { type ProgressStream, redrawnRows } from "./redrawnRows.js";
import { lineOf } from "./runningStep.js";
import { runningTable } from "./runningTable.js";

/** Milliseconds between two lines about a step when there is no table. */
const QUIET_INTERVAL = 15_000;
/** The most facts about a result in its line. */
const MOST_FACTS = 4;

type Finished = Extract<RunEvent, { type: "finished" }>;

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
  const isLive = Boolean(stream.isTTY) && !CI && TERM !== "dumb" && !quiet;
  const paint: Paint = (style, text) => (stream.isTTY && !NO_COLOR ? styleText(style, text) : text);
  const table = runningTable(clock);
  const { redraw, line, isDrawn, end } = redrawnRows(stream, isLive, table.rows, clock);

  return {
    say(text) {
      if (stream.isTTY && !isDrawn()) stream.write("\n");
      line(text);
    },
    end() {
      end();
      table.clear();
    },
    onEvent(event) {
      switch (event.type) {
        case "plan": {
          const count = table.plan(event);
          if (!quiet) line(`${name}: ${counted(event.steps.length, "step")}, ${workOf(count, event)}`);
          return;
        }
        case "warning":
          return line(`${paint("yellow", "warning")} ${printable(event.message)}`);
        case "started":
          table.started(event.step);
          return redraw();
        case "progress": {
          const state = table.progress(event);
          if (state === undefined) return;
          redraw();
          const now = clock();
          if (isLive || quiet || now - state.spoken <= QUIET_INTERVAL) return;
          state.spoken = now;
          return line(`  ${event.step.id} ${lineOf(state, now)}`);
        }
        case "finished": {
          table.finished(event.outcome);
          const text = finishedLine(event, quiet, paint);
          return text === undefined ? redraw() : line(text);
        }
        default:
          event satisfies never;
      }
    },
  };
}

function workOf(count: number, { cached, jobs }: Extract<RunEvent, { type: "plan" }>): string {
  if (count === 0) return "all cached";
  return `${cached.size} cached, ${count} to run${Number.isFinite(jobs) ? ` on ${counted(jobs, "worker")}` : ""}`;
}

type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

/** The line about a step that has ended, if it has one. */
function finishedLine({ outcome, seconds: took }: Finished, quiet: boolean, paint: Paint): string | undefined {
  const { id } = outcome.step;
  if ("error" in outcome)
    return outcome.state === "failed" ? `${paint("red", "✗")} ${id}: ${printable(outcome.error)}` : undefined;
  if (outcome.state === "cached" || quiet) return undefined;
  const facts = ((outcome.record().provenance.summary ?? []) as [string, number | string][])
    .slice(0, MOST_FACTS)
    .map(([fact, value]) => printable(`${fact} ${shortened(value)}`).replaceAll("\n", " "));
  const detail = facts.length > 0 ? paint("dim", `  ${facts.join(", ")}`) : "";
  return `${paint("green", "✓")} ${id} ${seconds(took)}${detail}`;
}

/** Integers and text in full, other numbers to 4 digits. */
function shortened(value: number | string): number | string {
  return typeof value !== "number" || Number.isInteger(value) ? value : Number(value.toPrecision(4));
}
