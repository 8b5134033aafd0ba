/** A running step in words: how far it is, how long it takes yet, and how fast it is. */
import { stripVTControlCharacters } from "node:util";
import type { Amount } from "../../stage.js";
import { durationOf as seconds } from "../../text/duration.js";
import { fitted } from "./redrawnRows.js";
import { stepTimeLeft } from "./timeLeft.js";

/** Times are milliseconds of one clock. */
export interface RunningStep {
  start: number;
  /** The time of the last line about it. */
  spoken: number;
  fraction?: number;
  note?: string | Amount;
  /** The time of its first known progress. */
  firstAt?: number;
  timeLeft: ReturnType<typeof stepTimeLeft>;
}

export function startedStep(now: number): RunningStep {
  return { start: now, spoken: now, timeLeft: stepTimeLeft() };
}

/** Its row in the table of running steps, whose names have some width. */
export function rowOf(id: string, step: RunningStep, width: number, columns: number, now: number): string {
  const share = step.fraction === undefined ? "" : percent(step.fraction);
  const facts = [seconds((now - step.start) / 1000), leftOf(step, now), wordsOf(step, now)].filter(Boolean);
  const drawn = columns < 60 ? "" : ` ${bar(step.fraction)}`;
  return `  ${fitted(id, width).padEnd(width)}${drawn} ${share.padStart(5)}  ${facts.join("  ")}`;
}

/** 52 %, 12 s left (10,240 points/s) */
export function lineOf(step: RunningStep, now: number): string {
  const share = step.fraction === undefined ? seconds((now - step.start) / 1000) : percent(step.fraction);
  const [left, words] = [leftOf(step, now), wordsOf(step, now)];
  return `${share}${left && `, ${left}`}${words && ` (${words})`}`;
}

const percent = (fraction: number) => `${Math.floor(100 * fraction)} %`;

function leftOf({ timeLeft }: RunningStep, now: number): string {
  const left = timeLeft.left(now);
  return left === undefined ? "" : `${seconds(left / 1000)} left`;
}

function wordsOf({ note, start, firstAt = start }: RunningStep, now: number): string {
  if (typeof note === "object") return rate(note, (now - firstAt) / 1000);
  return note === undefined ? "" : stripVTControlCharacters(note).replace(/\p{Cc}/gu, " ");
}

/** 10,240 points/s; when one takes longer than a second: 2.5 s for each of 12 points. */
function rate({ done, unit }: Amount, elapsed: number): string {
  const each = elapsed / done;
  return each > 1
    ? `${seconds(each)} for each of ${done} ${unit}`
    : `${Math.round(1 / each).toLocaleString("en")} ${unit}/s`;
}

const BAR = 16;

function bar(fraction = 0): string {
  const full = Math.round(BAR * Math.min(1, Math.max(0, fraction)));
  return "█".repeat(full) + "░".repeat(BAR - full);
}
