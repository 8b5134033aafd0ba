/** The contract between the engine, which knows what to compute, and the executor that computes it. */
import type { NamedFile } from "../pipeline/namedFile.js";
import type { Step } from "../pipeline/step.js";
import type { Amount, Lineage, PipelineText, Point } from "../stage.js";
import type { Claimant } from "../store/claims.js";
import type { StoredRecord } from "../store/storedRecord.js";
import type { Expiry, StopLevel } from "./stopLevel.js";

export interface Executor {
  /** The number of tasks, or pieces of one, that it computes at once. */
  readonly jobs: number;
  /**
   * Runs one task; it may run several pieces of a task at once. Resolves when the result is in the store. Rejects with
   * the error of the stage, with StoreError when nothing can be stored, and with WorkerDeath when the worker gave no
   * answer.
   */
  run(task: Task, events: TaskEvents): Promise<TaskResult>;
  /**
   * For a step that it leaves to other processes: resolves when the store has the result under `key`, rejects with the
   * error that the step failed with there. Undefined for a step to compute here.
   */
  left?(step: Step, key: string): Promise<void> | undefined;
  /** Stops all tasks as far as the level says, also those that come later. */
  stop(level: StopLevel): void;
  /** The time of a step is over: ends its tasks at the given level. */
  expire(step: string, level: Expiry): void;
  /** Resolves when all tasks have ended and all resources are released. */
  close(): Promise<void>;
}

/** One unit of work, as plain data that can be sent between threads. */
export interface Task {
  step: string;
  stage: string;
  /** The path of the module that defines the stage. */
  module?: string;
  /** The URL of the module that lists the built-in stages. */
  stages: string;
  /** The name of the backend. */
  backend?: string;
  params: Record<string, unknown>;
  inputs: Record<string, TaskInput[]>;
  /** The folder of the pipeline file. */
  folder: string;
  /** The files that the params name. */
  files: NamedFile[];
  pipeline?: PipelineText;
  lineage?: Lineage[];
  storeFolder: string;
  key: string;
  preimage: unknown;
  /**
   * `count`: the number of pieces; `run`: the whole; `pieces`: those in `todo`; `join`: the stored results of `pieces`.
   */
  action: "count" | "run" | "pieces" | "join";
  todo?: Piece[];
  pieces?: string[];
  /** The run that claims what it computes. Without it nothing is claimed. */
  claimant?: Claimant;
  /** The folder of the steps that have failed in any worker of the run. */
  failures?: string;
  /** For `join`: the seconds that the pieces took, and their amount of work. */
  secondsOfPieces?: number;
  amount?: Amount;
  /** For `join`: the backends of the pieces, backend → version, and the number of pieces from earlier runs. */
  backends?: Record<string, string>;
  kept?: number;
}

/** One of the independent pieces of a step. */
export interface Piece {
  index: number;
  count: number;
  key: string;
}

/** An input in a form that can be sent between threads: the path of its object, or the message of the failed step. */
export interface TaskInput {
  step: string;
  stage: string;
  point: Point;
  path?: string;
  /** The hash of the object at `path`, and the stamp of its file, when it was verified. */
  object?: string;
  stamp?: string;
  error?: string;
}

/** The number of pieces for `count`; otherwise the record that was stored last, if any. */
export type TaskResult = number | StoredRecord | undefined;

export interface TaskProgress {
  part: number;
  fraction?: number;
  note?: string | Amount;
}

export interface TaskEvents {
  /** The task, or a piece of it, has started or made progress. */
  progress(progress: TaskProgress): void;
  warning(message: string): void;
}

/** A worker ended without an answer. The same task may succeed in another. */
export class WorkerDeath extends Error {
  override readonly name = "WorkerDeath";
  /** `advice` helps when this happens repeatedly. */
  constructor(
    message: string,
    readonly advice = "",
  ) {
    super(message);
  }
}
