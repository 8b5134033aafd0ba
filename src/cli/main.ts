#!/usr/bin/env node
/** The program: answers `--version` at once, runs the command line, and turns errors into messages and exit codes. */
import { readFileSync } from "node:fs";
import { endWithTerminal } from "./closedTerminal.js";
import { BAD_CONFIG, CLOSED_PIPE, DONE, exitCodeOf, FAILED } from "./exitCodes.js";

const { version, description } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));

// A reader may close the output early, as `head` does, and a closed terminal accepts no messages.
process.stdout.once("error", ({ code }: NodeJS.ErrnoException) => {
  process.stdout.on("error", () => {});
  // A run must stop its threads first.
  if (!process.emit("SIGTERM")) process.exit(code === "EPIPE" ? CLOSED_PIPE : FAILED);
});
process.stderr.on("error", () => {});
endWithTerminal();
const [first, ...more] = process.argv.slice(2);
if (more.length === 0 && (first === "--version" || first === "-V")) console.log(version);
else await runCommandLine();

async function runCommandLine(): Promise<void> {
  const [{ CommanderError }, { commandLine }] = await Promise.all([import("commander"), import("./commandLine.js")]);
  try {
    await commandLine(description, version, (code) => {
      process.exitCode = code;
    }).parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? DONE : BAD_CONFIG;
      return;
    }
    const known = error instanceof Error ? error : new Error(String(error));
    process.exitCode = exitCodeOf(known);
    const advice = process.exitCode > 128 ? "; finished steps and pieces are kept; run again to continue" : "";
    const { fileFault } = await import("../store/fileFault.js");
    console.error(`${fileFault(error) ?? known.message}${advice}`);
  }
}
