/** The exit codes of the program. */
export const DONE = 0;
export const FAILED = 1;
export const BAD_CONFIG = 2;
/** `status --exit-code` found steps that would run. */
export const STALE = 3;
const HUNG_UP = 129;
const INTERRUPTED = 130;
const TERMINATED = 143;

/** The command line names something that does not exist: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Nobody reads the output any more. */
export const CLOSED_PIPE = 141;

/** The exit code of a command that ended with an error. */
export function exitCodeOf({ name, message }: Error): number {
  if (name === "ConfigError" || name === "UsageError") return BAD_CONFIG;
  if (message === "interrupted") return INTERRUPTED;
  if (message === "the terminal was closed") return HUNG_UP;
  return message === "terminated" ? TERMINATED : FAILED;
}
