/** A pipeline, in the form of a file and in the form used by the program. */
import type { Scalar } from "../stage.js";
import type { Path } from "../text/fault.js";
import type { Allotment, RawAllotment } from "./allotment.js";
import type { RawAxis } from "./axisValues.js";
import type { ConfigFile } from "./configFile.js";
import type { NamedValues } from "./namedValues.js";

export interface StageEntry {
  name: string;
  /** A stage kind, or the absolute path of a module that defines one. */
  uses: string;
  with: Record<string, unknown>;
  /** Port → names of stages; `<pipeline>/<stage>` for one of another pipeline. */
  from: Record<string, string[]>;
  /** The points of the stage: partial points, or a condition on axes. */
  where?: string | Record<string, unknown>[];
  /** For a stage that takes many points at once: the axes that it is repeated over anyway. */
  by?: string[];
  /** The folder that files in the parameters are relative to. */
  folder: string;
  /** The time limit of a step, in seconds. */
  timeout?: number;
  /** What the stage asks for on a cluster, with what the file asks for all; none where the stage asks for nothing. */
  allotment?: Allotment;
}

export interface Matrix {
  /** The values of each axis; for lists, mappings and named points, the names. */
  axes: Record<string, Scalar[]>;
  /** Axis → name → value, for axes of lists, mappings and named points. */
  values: ReadonlyMap<string, ReadonlyMap<Scalar, unknown>>;
  /** Axes that advance together, value by value. */
  zip: string[][];
  exclude: Record<string, Scalar>[];
  include: Record<string, Scalar>[];
}

/** A pipeline that stages take inputs from. */
export interface Import {
  /** The prefix of its stages before a slash. */
  name: string;
  pipeline: Pipeline;
  /** The stages that are inputs, with a place that mentions each. */
  stages: Map<string, Path>;
}

export interface Pipeline {
  name: string;
  /** The comment at the start of the file. */
  description: string;
  params: NamedValues;
  matrix: Matrix;
  stages: StageEntry[];
  imports: Import[];
  publish: string[];
  /** What workers on a cluster get for stages that ask for nothing. */
  allotment: Allotment;
  file: ConfigFile;
}

export interface ForeignSource {
  pipeline: string;
  stage: string;
  set?: Record<string, unknown>;
}

type RawSource = string | ForeignSource;

export interface RawStage extends RawAllotment {
  uses: string;
  with?: Record<string, unknown>;
  from?: Record<string, RawSource | RawSource[]>;
  where?: string | Record<string, unknown>[];
  by?: string[];
  timeout?: number | string;
}

export interface RawMatrix {
  zip?: string[] | string[][];
  exclude?: Record<string, unknown>[];
  include?: Record<string, unknown>[];
}

export interface RawPipeline extends RawAllotment {
  name?: string;
  params?: NamedValues;
  matrix?: RawMatrix & Record<string, RawAxis>;
  stages: Record<string, RawStage>;
  publish?: string[];
}
