/** The contract between the engine and a stage: one definition object per kind, listed in stages/index.ts. */

import type { Artifact, ArtifactInPieces, ArtifactKind } from "./artifact/artifact.js";
import type { Fault, Path } from "./text/fault.js";

export type Scalar = string | number | boolean;

/** One choice of matrix values, in matrix order. */
export type Point = Record<string, Scalar>;

/** What a stage takes at one port. */
export interface Port {
  kinds: readonly ArtifactKind[];
  optional?: boolean;
  /** Takes a list of stages instead of one. */
  many?: boolean;
  /** Where the file does not connect it, it takes all outputs of its kinds that the other ports' come from. */
  implied?: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: a stage's parameters are typed by its own schema
export interface Stage<Params = any> {
  /** The kind, as in `uses:`; its parameters are described by schemas/<name>.json. */
  name: string;
  /** Raised when the same params and inputs would give another output. */
  version: number;
  /** Port → what it takes; the port "*" stands for ports of any name. */
  inputs: Record<string, Port>;
  output: ArtifactKind;
  /**
   * For a stage whose output is of the kind that its parameters say, or that its inputs have (port → kinds); undefined
   * where they do not say.
   */
  outputOf?(
    params: Record<string, unknown>,
    inputs: Readonly<Record<string, ArtifactKind[]>>,
  ): ArtifactKind | undefined;
  /**
   * Takes all matrix points of its inputs at once instead of being repeated for each; `by:` in the pipeline file names
   * the axes that it is repeated over nevertheless. "by": only where the file says `by:`.
   */
  fanIn?: boolean | "by";
  /** The same, for a stage whose parameters say it. */
  fanInOf?(params: Readonly<Record<string, unknown>>): boolean;
  /**
   * What its output is known to hold before it runs, by its parameters and by what is known of its inputs (port →
   * sources).
   */
  outlook?(params: Params, inputs: Readonly<Record<string, readonly Outlook[]>>): Facts;
  /**
   * Faults of inputs that do not fit the parameters, by what is known of the inputs before anything runs; `path` leads
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
  /** Its output shows the pipeline's text and the steps before it, which therefore enter its key. */
  showsPipeline?: boolean;
  /** The JSON Schema of its parameters, for a stage from a module; those of the others are in schemas/. */
  schema?: Record<string, unknown>;
  /** The file that defines it, for a stage from a module. */
  module?: { path: string; sha256: string };
  /**
   * What a schema cannot say: faults of parameters that depend on each other; `path` leads to them below `with`. `file`
   * gives the absolute path of a file that a parameter names, which may not be there.
   */
  check?(params: Params, file?: (path: string) => string): Fault[];
  /** Files that a file which a parameter names refers to, relative to its folder: they enter the key, too. */
  companions?(absolute: string): string[];
  /** A fault of ports whose names do not go together, and the port that it is told at. */
  checkPorts?(ports: readonly string[]): { port: string; message: string } | undefined;
  /** A command line that the stage runs; the files beside the pipeline that it names enter the key. */
  commandOf?(params: Params): string | undefined;
  /** What to do where the file that parameters name is not there; `absolute` is where it was looked for. */
  adviceOnFile?(params: Params, absolute: string): string | undefined;
  /** How many independent pieces these params and inputs split into. Each is run, cached and scheduled on its own. */
  parts?(context: StageContext<Params>): number;
  run(context: StageContext<Params>): Promise<Artifact | ArtifactInPieces>;
  /** Puts the pieces together; without it their rows are appended in order. */
  join?(pieces: Artifact[], context: StageContext<Params>): Artifact;
  /** The same where all pieces together may be more than the memory holds: each is loaded whenever it is asked for. */
  joinInPieces?(pieces: readonly (() => Artifact)[], context: StageContext<Params>): ArtifactInPieces;
}

/** What is known of an artifact before it is there; what is undefined is not known. */
export interface Facts {
  /** The names of all columns that it may have; one that ends in * stands for all that begin so. */
  columns?: readonly string[];
  /** The same of its headline numbers, which stand for anything but a table where tables are gathered. */
  headlines?: readonly string[];
  /** Of a table of many matrix points: the columns that name these. */
  rowAxes?: readonly string[];
  /** Of a model: the kind of its problem, of a supervised one its loss, with labels its task. */
  problem?: string;
  /** Of a model: the number of its parameters. */
  parameters?: number;
  /** Of a dataset: what its samples are. */
  samples?: SampleFacts;
  /**
   * How much there is to compute or to store, at most, in the unit that people count it in: 1681 points. It is told
   * before a run, for points always and for other units where there are many bytes.
   */
  amount?: number;
  unit?: string;
  /** About how many bytes that takes. */
  bytes?: number;
  /** The parameter that decides the amount, below the stage. */
  decidedBy?: Path;
}

/** What is known of samples; see Dataset. */
export interface SampleFacts {
  task: "classification" | "segmentation" | "language" | "regression";
  inputShape: readonly number[];
  targetShape: readonly number[];
  /** Undefined where their number is not known. */
  classes?: ArrayLike<unknown>;
}

/** What is known of an input before anything runs. */
export interface Outlook extends Facts {
  /** The stage's name as people see it, and its kind. */
  stage: string;
  uses: string;
  kind: ArtifactKind;
  /** The axes of the matrix that its points have. */
  axes: readonly string[];
  /** How many steps of the stage are at the port. */
  steps: number;
}

/** One artifact at a port, and where it comes from. */
export interface Source {
  stage: string;
  /** The step, as in the lineage. */
  step?: string;
  point: Point;
  /** Loads the artifact. Throws when its step failed. */
  artifact: () => Artifact;
  /** Of its Arrow file; undefined when its step failed. */
  path?: string;
  /** Why there is no artifact: the message of the step that failed (fan-in only). */
  error?: string;
}

/** A step as a report shows it. */
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
  /** Which piece to compute, for a stage with parts. */
  part: { index: number; count: number };
  /** The one artifact at a port. */
  input(port: string): Artifact;
  /**
   * The absolute path of a file that a parameter names; `path` as in the params. For texts that the schema marks
   * `"file": true`.
   */
  file(path: string): string;
  /** The folder of the pipeline file, where the commands of a stage run. */
  folder: string;
  /** Keeps a text in the log of the step: what a command prints. */
  log(text: string): void;
  /** All that is at a port, in the order of the pipeline file and the matrix. */
  sources(port: string): Source[];
  /**
   * The one costly thing that all pieces of a stage need: made for the first piece in this thread, kept for those that
   * follow there, and released after the last.
   */
  shared<T extends Releasable>(make: () => Promise<T>): Promise<T>;
  /** The ports that are connected. */
  ports: string[];
  /**
   * Where a long stage keeps how far it is, so that a run that was killed goes on from there. `save` may be called
   * often: it stores what `state` gives every few seconds. `load` gives the last that is intact.
   */
  resume: { load(): Artifact | undefined; save(state: () => Artifact): void };
  /** For a stage that shows the pipeline. */
  pipeline?: PipelineText;
  lineage?: Lineage[];
  /**
   * Says how far the work, or this piece of it, is: the fraction that is done, undefined where nobody knows, and a few
   * words or an amount. Amounts of pieces are added up and shown as a rate. Call it often: a run that is interrupted
   * stops here, by an error.
   */
  progress(fraction: number | undefined, note?: string | Amount): void;
}

/** How much is done, in units that people count: 640 points. */
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
