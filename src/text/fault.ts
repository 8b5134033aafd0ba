/** Where a value is in nested mappings and lists: `["stages", "grid", "with", "steps"]`. */
export type Path = readonly (string | number)[];

/** A mistake in a config: where it is, and what to tell. */
export interface Fault {
  path: Path;
  /** Whether the name or the value is wrong. Default: the value. */
  part?: "key" | "value";
  message: string;
}
