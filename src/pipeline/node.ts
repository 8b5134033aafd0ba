import type { Stage } from "../stage.js";
import type { Path } from "../text/fault.js";
import type { StageEntry } from "./pipeline.js";

/**
 * A stage of the file with its definition, or one put in by itself to draw an artifact for a port that takes figures.
 */
export interface StageNode extends StageEntry {
  definition: Stage;
  /** What people see as its name. */
  title: string;
  inserted?: boolean;
}

/** Takes a fault: where it is in the file, and what to say. */
export type Report = (path: Path, message: string, part?: "key" | "value") => void;
