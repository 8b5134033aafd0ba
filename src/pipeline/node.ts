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
  /** An input of the file is not among those of `from`, because it is faulty. */
  lacksInput?: boolean;
}

/** Receives a fault: its place in the file, the message, and the file or folder that is missing. */
export type Report = (path: Path, message: string, part?: "key" | "value", missing?: string) => void;
