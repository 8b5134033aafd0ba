/** The position of a value in nested mappings and lists: `["stages", "grid", "with", "steps"]`. */
export type Path = readonly (string | number)[];

/** The value at a path; undefined when the path leads nowhere. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | null | undefined)?.[key], value);
}

/** A mistake in a config, with its place and the message. */
export interface Fault {
  path: Path;
  /** Tells whether the name or the value is wrong. Default: the value. */
  part?: "key" | "value";
  message: string;
  /** The file or folder whose absence is the fault. */
  missing?: string;
  /** True for an input that is not connected. One at a wrong port, which is a fault of its own, may be meant for it. */
  lacksInput?: boolean;
}
