import type { Rows } from "../linalg/centredRows.js";

/** Points by their coordinates: one vector a point, all of one length, in the number type in which they are stored. */
export type Points = Rows;
