import { isatty } from "node:tty";

/** Standard input, output and error. */
const STREAMS = [0, 1, 2];

/**
 * Lets the process end by SIGHUP when its terminal was closed. Node itself would abort, with a core dump: at its end it
 * restores the settings of a terminal, and takes for granted that there still is one.
 */
export function endWithTerminal(): void {
  const terminals = STREAMS.filter(isatty);
  if (terminals.length === 0) return;
  process.on("exit", () => {
    if (terminals.every(isatty)) return;
    process.removeAllListeners("SIGHUP");
    process.kill(process.pid, "SIGHUP");
  });
}
