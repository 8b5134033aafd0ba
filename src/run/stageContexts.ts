import type { Artifact } from "../artifact/artifact.js";
import { readArtifact } from "../artifact/artifactFile.js";
import type { Amount, Releasable, StageContext } from "../stage.js";
import { isStillIntact } from "../store/verifiedObjects.js";
import { type Control, endAt } from "./control.js";
import type { Task, TaskInput } from "./executor.js";
import { appendToLog } from "./stepLog.js";
import { DRAINING, EXPIRED, GOING_ON, STOPPING } from "./stopLevel.js";
import { unfinishedState } from "./unfinished.js";

/** The minimum interval between two progress reports, in milliseconds. */
const REPORT_INTERVAL = 100;

/**
 * The context of a stage for a whole task or for one piece. All pieces share loaded inputs and the result of `shared`,
 * which `release` frees. `amountOf` returns the amount of work that a piece has reported here.
 */
export function stageContexts(task: Task, control: Control) {
  const loaded = new Map<string, Artifact>();
  const artifactOf = ({ path, object = "", stamp = "", stage, error }: TaskInput): Artifact => {
    if (path === undefined) throw new Error(`${stage} failed: ${error}`);
    const known = loaded.get(path);
    if (known) return known;
    const read = readArtifact(path);
    if (!isStillIntact({ path, object, stamp })) throw new Error(`${path} has changed since it was stored`);
    loaded.set(path, read);
    return read;
  };
  const sources = (port: string) =>
    (task.inputs[port] ?? []).map((input) => ({
      stage: input.stage,
      step: input.step,
      point: input.point,
      error: input.error,
      artifact: () => artifactOf(input),
      path: input.path,
    }));
  let reported = 0;
  let keepsState = false;
  const amounts = new Map<number, Amount>();
  let kept: Promise<Releasable> | undefined;
  const contextOf = (part: { index: number; count: number }, key = task.key): StageContext<unknown> => {
    const state = unfinishedState(task.storeFolder, key, {
      isLast: () => control.stop() !== GOING_ON || control.expired() !== 0,
      saved: () => endAt(DRAINING, control),
    });
    return {
      params: task.params,
      part,
      folder: task.folder,
      log: (text) => appendToLog(task.storeFolder, task.key, text),
      warn(message) {
        appendToLog(task.storeFolder, task.key, `${message}\n`);
        control.warn(`${task.step}: ${message}`);
      },
      ports: Object.keys(task.inputs),
      sources,
      input(port) {
        const [first] = sources(port);
        if (first === undefined) throw new Error(`nothing is connected to "${port}"`);
        return first.artifact();
      },
      file: (path) => fileOf(task, path),
      resume: {
        load: state.load,
        save(make) {
          keepsState = true;
          state.save(make);
        },
      },
      pipeline: task.pipeline,
      lineage: task.lineage,
      shared<T extends Releasable>(make: () => Promise<T>) {
        kept ??= make();
        return kept as Promise<T>;
      },
      progress(fraction, note) {
        if (!keepsState || control.expired() !== EXPIRED) endAt(STOPPING, control);
        if (typeof note === "object") amounts.set(part.index, note);
        const now = performance.now();
        // The final amount of a piece is always reported, because the display shows the sum.
        if (now - reported < REPORT_INTERVAL && !(fraction === 1 && typeof note === "object")) return;
        reported = now;
        control.tell({ part: part.index, fraction, note });
      },
    };
  };
  const release = async () => {
    const made = await kept?.catch(() => undefined);
    await made?.release();
  };
  return { contextOf, release, amountOf: (piece: number) => amounts.get(piece) };
}

function fileOf({ files, stage }: Task, path: string): string {
  const found = files.find((file) => file.path === path);
  if (found === undefined) throw new Error(`"${path}" is not a file of ${stage}: its schema lacks "file": true`);
  return found.absolute;
}
