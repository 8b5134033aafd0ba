/** The contract between the engine and a stage: one definition object per kind, listed in stages/index.ts. */

import type { Artifact, ArtifactInPieces, ArtifactKind } from "./artifact/artifact.js";
import type { Fault, Path } from "./text/fault.js";

export type Scalar = string | number | boolean;

/** One choice of matrix values, in matrix order. */
export type Point = Record<string, Scalar>;

/** The input of a stage at one port. */
export interface Port {
  kinds: readonly ArtifactKind[];
  optional?: boolean;
  /** Takes a list of stages instead of one. */
  many?: boolean;
  /** A port that the file does not connect takes all outputs of its kinds that lead to the other ports. */
  implied?: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: a stage's parameters are typed by its own schema
export interface Stage<Params = any> {
  /** The kind, as in `uses:`; its parameters are described by schemas/<name>.json. */
  name: string;
  /** Raise it when the same params and inputs give another output. */
  version: number;
  /** Port → its input. The port "*" stands for ports of any name. */
  inputs: Record<string, Port>;
  output: ArtifactKind;
  /**
   * For a stage whose output kind depends on its parameters or on its inputs (port → kinds). Undefined when they do not
   * determine it.
   */
  outputOf?(
    params: Record<string, unknown>,
    inputs: Readonly<Record<string, ArtifactKind[]>>,
  ): ArtifactKind | undefined;
  /**
   * Takes all matrix points of its inputs at once instead of being repeated for each. `by:` in the pipeline file names
   * axes that it is repeated over anyway. "by": only when the file has `by:`.
   */
  fanIn?: boolean | "by";
  /** The same, for a stage whose parameters decide it. */
  fanInOf?(params: Readonly<Record<string, unknown>>): boolean;
  /** The facts about its output before it runs, from its parameters and the facts about its inputs (port → sources). */
  /** `file` gives the absolute path of a file that a parameter names, if it exists. */
  outlook?(
    params: Params,
    inputs: Readonly<Record<string, readonly Outlook[]>>,
    file: (path: string) => string | undefined,
  ): Facts;
  /**
   * Faults of inputs that do not fit the parameters, from the facts about the inputs before anything runs. `path` leads
   * to the fault below the stage: ["with", "plot"] or ["from", "grid"].
   */
  checkInputs?(params: Params, inputs: Readonly<Record<string, readonly Outlook[]>>): Fault[];
  /**
   * The stage is inserted by itself where a port wants its output and is given what its port "*" takes; this gives its
   * parameters; `point` says the matrix point in words, "" without one.
   */
  adapter?(point: string): Record<string, unknown>;
  /** Its output is a table that has a picture: where a port wants a figure, one is inserted as for the other kinds. */
  drawn?: boolean;
  /** Its output shows the text of the pipeline and the steps before it, so these enter its key. */
  showsPipeline?: boolean;
  /** The JSON Schema of its parameters, for a stage from a module. Those of other stages are in schemas/. */
  schema?: Record<string, unknown>;
  /** The file that defines it, for a stage from a module, and the files that it imports. */
  module?: { path: string; sha256: string; imports: readonly string[] };
  /**
   * Faults that a schema cannot find, in parameters that depend on each other. `path` leads to them below `with`.
   * `file` gives the absolute path of a file that a parameter names; it may not exist.
   */
  check?(params: Params, file?: (path: string) => string): Fault[];
  /** Files that a file in a parameter refers to, relative to its folder. They enter the key, too. */
  companions?(absolute: string): string[];
  /** A fault of port names that conflict, and the port to report it at. */
  checkPorts?(ports: readonly string[]): { port: string; message: string } | undefined;
  /** A command line that the stage runs. The files beside the pipeline that it names enter the key. */
  commandOf?(params: Params): string | undefined;
  /** Advice for a missing file in the parameters. `absolute` is its expected path. */
  adviceOnFile?(params: Params, absolute: string): string | undefined;
  /**
   * The number of independent pieces of these params and inputs. Each piece is run, cached and scheduled separately.
   */
  parts?(context: StageContext<Params>): number;
  run(context: StageContext<Params>): Promise<Artifact | ArtifactInPieces>;
  /** Joins the pieces. Without it their rows are appended in order. */
  join?(pieces: Artifact[], context: StageContext<Params>): Artifact;
  /** The same when all pieces together may exceed the memory: each is loaded on demand. */
  joinInPieces?(pieces: readonly (() => Artifact)[], context: StageContext<Params>): ArtifactInPieces;
}

/** The facts about an artifact before it exists. Unknown facts are undefined. */
export interface Facts {
  /** The names of all columns that it may have. A name that ends in * stands for all names with that start. */
  columns?: readonly string[];
  /** The same for its headline numbers, which represent any artifact but a table when tables are gathered. */
  headlines?: readonly string[];
  /** For a table of many matrix points: the columns that name the points. */
  rowAxes?: readonly string[];
  /** The same with the points of its rows. Each has at least one row. */
  rowPoints?: readonly Point[];
  /** For a model: the kind of its problem; for a supervised problem also its loss, and the task if it has labels. */
  problem?: string;
  /** For a model of a differential equation: the columns of its solution, the variables first. */
  solution?: readonly string[];
  /** The terms of its loss. */
  terms?: readonly string[];
  /** For a model: the number of its parameters. */
  parameters?: number;
  /** For a model: its network, unless that is in a file. */
  network?: NetworkFacts;
  /** For a model: the kind of the optimizer that trained it; "none" for a model that no stage trained. */
  optimizer?: string;
  /** For directions: the parameters that they are found by. */
  found?: Readonly<Record<string, unknown>>;
  /** For a grid or points: the number of their coordinates. */
  dimensions?: number;
  /** For samples of a loss, or positions: what their coordinates count. */
  span?: SpanFacts;
  /** The plots of its kind that cannot draw it, and why. */
  undrawn?: Readonly<Record<string, string>>;
  /** For a tree or a barcode: the direction of its sweep. */
  sweep?: string;
  /** For a dataset: the type of its samples. */
  samples?: SampleFacts;
  /**
   * The maximum amount to compute or to store, in a natural unit: 1681 points. It is reported before a run, always for
   * points, and for other units when there are many bytes.
   */
  amount?: number;
  unit?: string;
  /** The approximate number of bytes. */
  bytes?: number;
  /** The work that the time is in proportion to, if that is not the amount: 12,497,500 pairs. */
  work?: Amount;
  /** The approximate number of bytes in memory while it is computed, besides inputs and result. */
  memory?: number;
  /** The parameter that decides the amount, below the stage. */
  decidedBy?: Path;
}

/** What coordinates count: steps of this unit along directions from a model, or the numbers of a file. */
export interface SpanFacts {
  unit: string;
  directions?: Pick<Outlook, "stage" | "result">;
  model?: Pick<Outlook, "stage" | "result">;
}

/** Facts about samples; see Dataset. */
export interface SampleFacts {
  task: "classification" | "segmentation" | "language" | "regression";
  inputShape: readonly number[];
  targetShape: readonly number[];
  /** Undefined when their number is unknown. */
  classes?: ArrayLike<unknown>;
}

/** Facts about the network of a model. */
export interface NetworkFacts {
  /** Architecture and problem as canonical JSON: equal for equal networks. */
  text: string;
  architecture: unknown;
  problem: unknown;
  tensors: readonly { name: string; shape: readonly number[] }[];
  /** True for batch norms. */
  hasNorms: boolean;
}

/** The facts about an input before anything runs. */
export interface Outlook extends Facts {
  /** The display name of the stage, and its kind. */
  stage: string;
  uses: string;
  /** Equal for the same result: the keys of its steps. */
  result?: string;
  kind: ArtifactKind;
  /** The axes of the matrix that its points have. */
  axes: readonly string[];
  /** The points themselves. */
  points?: readonly Point[];
  /** The number of steps of the stage at the port; NaN after a fault that leaves it open. */
  steps: number;
}

/** One artifact at a port, and its origin. */
export interface Source {
  stage: string;
  /** The step, as in the lineage. */
  step?: string;
  point: Point;
  /** Loads the artifact. Throws when its step failed. */
  artifact: () => Artifact;
  /** The hash of its Arrow file; undefined when its step failed. */
  path?: string;
  /** The message of the failed step, when there is no artifact (fan-in only). */
  error?: string;
}

/** A step in the form for a report. */
export interface Lineage {
  step: string;
  uses: string;
  version: number;
  key: string;
  params: Record<string, unknown>;
  /** The steps that it takes inputs from. */
  from: string[];
}

export interface StageContext<Params> {
  params: Params;
  /** The piece to compute, for a stage with parts. */
  part: { index: number; count: number };
  /** The only artifact at a port. */
  input(port: string): Artifact;
  /**
   * The absolute path of a file that a parameter names; `path` is the text in the params. For texts that the schema
   * marks with `"file": true`.
   */
  file(path: string): string;
  /** The folder of the pipeline file, in which the commands of a stage run. */
  folder: string;
  /** Appends a text to the log of the step, such as the output of a command. */
  log(text: string): void;
  /** The same for a line that people should see while it runs: it is shown with the progress, too. */
  warn(message: string): void;
  /** All artifacts at a port, in the order of the pipeline file and the matrix. */
  sources(port: string): Source[];
  /**
   * The expensive object that all pieces of a stage share: created for the first piece in this thread, kept for later
   * ones there, and released after the last.
   */
  shared<T extends Releasable>(make: () => Promise<T>): Promise<T>;
  /** The connected ports. */
  ports: string[];
  /**
   * Saves the progress of a long stage, so that a later run continues from there. You may call `save` often: it stores
   * the result of `state` every few seconds. `load` returns the last intact one.
   */
  resume: { load(): Artifact | undefined; save(state: () => Artifact | ArtifactInPieces): void };
  /** For a stage that shows the pipeline. */
  pipeline?: PipelineText;
  lineage?: Lineage[];
  /**
   * Reports the progress of the work, or of this piece: the finished fraction (undefined when unknown), and a short
   * note or an amount. Amounts of pieces are added up and shown as a rate. Call it often: an interrupted run stops here
   * with an error.
   */
  progress(fraction: number | undefined, note?: string | Amount): void;
}

/** The finished amount in a natural unit: 640 points. */
export interface Amount {
  done: number;
  unit: string;
}

export interface Releasable {
  release(): Promise<void>;
}

/** The text of a pipeline file, with the values in force. */
export interface PipelineText {
  name: string;
  description: string;
  source: string;
  params: Record<string, unknown>;
  matrix: Record<string, Scalar[]>;
}
