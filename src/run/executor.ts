/** The contract between the engine, which knows what is to be computed, and what computes it. */
import type { NamedFile } from "../pipeline/namedFile.js";
import type { Step } from "../pipeline/step.js";
import type { Amount, Lineage, PipelineText, Point } from "../stage.js";
import type { Claimant } from "../store/claims.js";
import type { StoredRecord } from "../store/store.js";
import type { Expiry, StopLevel } from "./stopLevel.js";

export interface Executor {
  /** The number of tasks, or pieces of one, that it computes at once. */
  readonly jobs: number;
  /**
   * Runs one task; of a task with pieces it may run several at once. Resolves when the result is in the store. Rejects
   * with the error of the stage, with StoreError where nothing can be stored, and with WorkerDeath where the worker
   * gave no answer.
   */
  run(task: Task, events: TaskEvents): Promise<TaskResult>;
  /**
   * For a step that it leaves to other processes: resolves when the store has the result under `key`, rejects with the
   * error that the step failed with there. Undefined for a step to compute here.
   */
  left?(step: Step, key: string): Promise<void> | undefined;
  /** Stops all tasks as far as the level says, also those that come later. */
  stop(level: StopLevel): void;
  /** The time of a step is over: ends its tasks as far as the level says. */
  expire(step: string, level: Expiry): void;
  /** Resolves when all tasks have ended and all that the executor holds is released. */
  close(): Promise<void>;
}

/** One unit of work, as plain data: it travels between threads. */
export interface Task {
  step: string;
  stage: string;
  /** The path of the module that defines the stage. */
  module?: string;
  /** The address of the module that lists the built-in stages. */
  stages: string;
  /** The name of the backend that computes. */
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
  /** `count`: the number of pieces; `run`: the whole; `pieces`: those in `todo`; `join`: what is stored at `pieces`. */
  action: "count" | "run" | "pieces" | "join";
  todo?: Piece[];
  pieces?: string[];
  /** The run that claims what it computes; without it nothing is claimed. */
  claimant?: Claimant;
  /** For `join`: the seconds that the pieces took, and how much they did. */
  secondsOfPieces?: number;
  amount?: Amount;
  /** For `join`: what computed the pieces, backend → version, and the number that an earlier run had left. */
  backends?: Record<string, string>;
  kept?: number;
}

/** One of the independent pieces of a step. */
export interface Piece {
  index: number;
  count: number;
  key: string;
}

/** An input as it travels between threads: the path of its object, or the message of the step that failed. */
export interface TaskInput {
  step: string;
  stage: string;
  point: Point;
  path?: string;
  /** Of the object at `path` when it was found intact: its hash, and the stamp of its file. */
  object?: string;
  stamp?: string;
  error?: string;
}

/** The number of pieces for `count`, else the record of what was stored last, if anything. */
export type TaskResult = number | StoredRecord | undefined;

export interface TaskProgress {
  part: number;
  fraction?: number;
  note?: string | Amount;
}

export interface TaskEvents {
  /** The task, or a piece of it, begins or is so far. */
  progress(progress: TaskProgress): void;
  warning(message: string): void;
}

/** A worker ended without an answer. The same task may end well in another. */
export class WorkerDeath extends Error {
  override readonly name = "WorkerDeath";
  /** `advice` says what helps when it happens again and again. */
  constructor(
    message: string,
    readonly advice = "",
  ) {
    super(message);
  }
}
