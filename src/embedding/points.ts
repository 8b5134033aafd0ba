import type { Rows } from "../linalg/centredRows.js";

/** Points by their coordinates: one vector per point, all of one length, in the number type that they are stored in. */
export type Points = Rows;
