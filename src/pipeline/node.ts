import type { Stage } from "../stage.js";
import type { Path } from "../text/fault.js";
import type { StageEntry } from "./pipeline.js";

/**
 * A stage of the file with its definition, or one that is inserted to draw an artifact for a port that takes figures.
 */
export interface StageNode extends StageEntry {
  definition: Stage;
  /** The name for display. */
  title: string;
  inserted?: boolean;
}

/** Receives a fault: its place in the file, and the message. */
export type Report = (path: Path, message: string, part?: "key" | "value") => void;
