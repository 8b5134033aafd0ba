/** Runs one step on an executor: whole, or all its pieces and then their join. */
import { createHash } from "node:crypto";
import { canonicalJson } from "../artifact/canonicalJson.js";
import type { Step } from "../pipeline/step.js";
import type { Amount } from "../stage.js";
import { type Claim, claim, liveClaim, pieceClaim, release, releaseOwn } from "../store/claims.js";
import type { IntactObject } from "../store/intactObject.js";
import { type Piece, type Task, type TaskEvents, type TaskResult, WorkerDeath } from "./executor.js";
import { appendToLog, startLog } from "./stepLog.js";
import type { StepProgress } from "./stepProgress.js";
import { type StepContent, taskOf, type Work } from "./task.js";
import { timeLimit } from "./timeLimit.js";

/** The number of attempts at pieces that nobody claims and that cannot be read back. */
const MOST_UNCLAIMED = 3;

/** After this many looks, about 1.5 s, a run says that it waits for another. */
const SHORT_WAIT = 5;

/** The number of retries for a task whose worker died. */
const RETRIES = 2;

/** A running step. */
interface Running extends Work {
  step: Step;
  /** The task of the whole. Its pieces and their join are derived from it. */
  task: Task;
  events: TaskEvents;
  progress: StepProgress;
}

/**
 * Runs a step and returns the stored result; `cached` when another process has computed it. Rejects with the errors of
 * Executor.run, with FailedElsewhere, and when the step exceeds its timeout. Then the caller releases the claims.
 */
export async function runStep(work: Work, step: Step, content: StepContent, progress: StepProgress) {
  const { store, executor, onEvent } = work;
  const { key } = content;
  startLog(store.folder, key);
  const limit = timeLimit(step.timeout, (level) => executor.expire(step.id, level));
  const events: TaskEvents = {
    progress(report) {
      limit.start();
      progress.report(report);
    },
    warning: (message) => onEvent({ type: "warning", message }),
  };
  const task = taskOf(work, step, content);
  const running: Running = { ...work, step, task, events, progress };
  let count = 1;
  let isOurs = true;
  try {
    if (step.definition.parts) count = (await persistently(running, () => ({ ...task, action: "count" }))) as number;
    const whole = () => persistently(running, () => task);
    isOurs = count > 1 ? await inPieces(running, count) : await claimed(running, whole);
  } catch (error) {
    if (limit.isOver()) throw new Error(`it took longer than its timeout of ${step.timeout} s`);
    // Another run that joined the same pieces has removed them, so the whole exists.
    if (count === 1 || !store.lookAgain(key).record) throw error;
    if (work.claimant) releaseOwn(store.folder, key, work.claimant);
  } finally {
    limit.end();
  }
  const stored = store.lookAgain(key);
  if (!stored.record) throw new Error(`the result could not be read back from ${store.folder}: ${stored.warning}`);
  const state: "done" | "cached" = isOurs ? "done" : "cached";
  return { state, ...stored };
}

/** Runs a task. When a worker dies, another worker tries again. `next` gives the remaining work. */
async function persistently({ executor, store, step, task, events }: Running, next: () => Task): Promise<TaskResult> {
  for (let tries = 1; ; tries++) {
    try {
      return await executor.run(next(), events);
    } catch (error) {
      if (!(error instanceof WorkerDeath)) throw error;
      const { message, advice } = error;
      appendToLog(store.folder, task.key, `${message}\n`);
      if (tries > RETRIES) throw new Error(`${message}, ${tries} times${advice && `; ${advice}`}`);
      events.warning(`${step.id}: ${message}; a fresh worker tries again`);
    }
  }
}

/**
 * Computes the whole unless another process does; then it waits for that process. Returns true when it was computed
 * here. The claim on a step that fails stays, so that nobody takes it before the failure is told.
 */
async function claimed(
  { claimant, force, store, failures, task: { key }, pause, progress }: Running,
  compute: () => Promise<unknown>,
): Promise<boolean> {
  for (let tries = 0; ; tries++) {
    if (tries > 0) await pause(tries);
    if (tries > 0 && !force && store.lookAgain(key).record) return false;
    const other = claimant && claim(store.folder, key, claimant);
    if (other) {
      if (tries >= SHORT_WAIT) progress.report({ part: 0, note: waitingFor(other) });
      continue;
    }
    // It may have been stored, or have failed, between the lookup and the claim.
    const isStored = claimant !== undefined && !force && store.lookAgain(key).record !== undefined;
    if (!isStored) {
      failures?.requireNone(key);
      await compute();
    }
    if (claimant) release(store.folder, key);
    return !isStored;
  }
}

/**
 * Computes all pieces of a step, each under its own key, then the whole. The pieces are removed once the whole is
 * stored. Returns true when the whole was computed here.
 */
async function inPieces(running: Running, count: number): Promise<boolean> {
  const { store, task, progress, force } = running;
  const all = Array.from(
    { length: count },
    (_, index): Piece => ({ index, count, key: pieceKey(task.key, index, count) }),
  );
  const todo = all.filter(({ key }) => force || !store.lookup(key).record);
  progress.split(all, todo);
  if (!(await computePieces(running, todo))) return false;
  return claimed(running, async () => {
    const joining = joinTask(running, all, count - todo.length);
    await persistently(running, () => joining);
    for (const { key } of all) store.remove(key);
  });
}

/** Computes pieces until none is missing. Returns false when another process has joined them meanwhile. */
async function computePieces(running: Running, todo: readonly Piece[]): Promise<boolean> {
  const { store, task, force, pause, progress } = running;
  const missing = (pieces: readonly Piece[]) => pieces.filter(({ key }) => !store.lookup(key).record);
  let left = [...todo];
  let isFirst = true;
  let unclaimed = 0;
  for (let tries = 0; left.length > 0 && unclaimed < MOST_UNCLAIMED; tries++) {
    if (tries > 0) await pause(tries);
    await persistently(running, () => {
      if (!isFirst) left = missing(left);
      isFirst = false;
      return { ...task, action: "pieces", todo: left };
    });
    left = missing(left);
    // Another process that joined the same pieces has removed them.
    if (left.length > 0 && !force && store.lookAgain(task.key).record) return false;
    // Pieces that are still missing are being computed by other processes.
    const [other] = left.flatMap((piece) => liveClaim(store.folder, pieceClaim(task.key, piece.index)) ?? []);
    unclaimed = other ? 0 : unclaimed + 1;
    if (other && tries >= SHORT_WAIT) progress.report({ part: left[0].index, note: waitingFor(other) });
  }
  return true;
}

const waitingFor = ({ process: { pid, host }, job }: Claim) =>
  `waits for ${job === undefined ? `process ${pid} on ${host}` : `job ${job}`}, which computes it`;

/**
 * The task that joins all pieces. `kept` is the number of pieces from earlier runs. Throws Error when one cannot be
 * read.
 */
function joinTask({ store, step, task }: Running, pieces: readonly Piece[], kept: number): Task {
  const found = pieces.map(({ key, index }): IntactObject => {
    const piece = store.lookAgain(key);
    if (!piece.record) throw new Error(`piece ${index} of ${step.id} could not be read back from ${store.folder}`);
    return piece;
  });
  const records = found.map(({ record }) => record().provenance);
  return {
    ...task,
    action: "join",
    pieces: found.map(({ path }) => path),
    backends: Object.assign({}, ...records.map(({ backends }) => backends)),
    secondsOfPieces: records.reduce((sum, { seconds }) => sum + Number(seconds ?? 0), 0),
    amount: amountTogether(records.map(({ amount }) => amount as Amount | undefined)),
    kept,
  };
}

/** Undefined when no piece reported an amount. */
function amountTogether(amounts: readonly (Amount | undefined)[]): Amount | undefined {
  const known = amounts.flatMap((amount) => amount ?? []);
  return known.length === 0 ? undefined : { done: known.reduce((sum, { done }) => sum + done, 0), unit: known[0].unit };
}

function pieceKey(whole: string, index: number, count: number): string {
  return createHash("sha256").update(canonicalJson({ whole, index, count })).digest("hex");
}
