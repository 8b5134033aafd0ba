import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { type Artifact, type ArtifactKind, artifactKinds } from "../src/artifact/artifact.js";
import type { Stage, StageContext } from "../src/stage.js";
import { type Ending, runCommand } from "./inputs/runCommand.js";

interface Params {
  command: string;
  output: ArtifactKind;
  params: Record<string, unknown>;
  files: string[];
}

/** Runs any command. It reads and writes Arrow files whose paths are in its environment. */
export const shellStage: Stage<Params> = {
  name: "shell",
  version: 1,
  inputs: { "*": { kinds: artifactKinds, many: true, optional: true } },
  output: "table",
  outputOf: ({ output }) => artifactKinds.find((kind) => kind === (output ?? "table")),
  checkPorts(ports) {
    for (const [i, port] of ports.entries()) {
      const other = ports.slice(0, i).find((before) => variableOf(before) === variableOf(port));
      if (other === undefined) continue;
      const message = `has the ports "${other}" and "${port}", which map to the same variable ${variableOf(port)}; rename one`;
      return { port, message };
    }
    return undefined;
  },
  commandOf: ({ command }) => command,
  async run(context) {
    const folder = mkdtempSync(join(tmpdir(), "cirque-shell-"));
    try {
      const path = join(folder, "output.arrow");
      await execute(context, path);
      requireFile(path);
      return await read(path, context.params.output);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function variableOf(port: string): string {
  return `CIRQUE_INPUT_${port.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
}

/** Throws Error when there is no file. Reading a pipe or a device might never end. */
function requireFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new Error("the command succeeded, but wrote nothing to $CIRQUE_OUTPUT");
  if (!found.isFile()) throw new Error("the command made $CIRQUE_OUTPUT something else than a file");
}

async function read(path: string, kind: ArtifactKind): Promise<Artifact> {
  // Arrow loads slowly.
  const { foreignArtifact } = await import("../src/artifact/foreignArtifact.js");
  try {
    return foreignArtifact(readFileSync(path), kind);
  } catch (error) {
    throw new Error(
      `the file that the command wrote to $CIRQUE_OUTPUT is not of kind ${kind}: ${(error as Error).message}`,
    );
  }
}

/** The number of output lines that an error shows. */
const LINES_SHOWN = 5;

/** Runs the command. Throws an Error with the last lines of its output when its exit code is not 0. */
async function execute(
  { params, ports, sources, folder, log, progress }: StageContext<Params>,
  output: string,
): Promise<void> {
  const inputs = ports.map((port) => {
    const paths = sources(port).map(({ path, stage, error }) => {
      if (path === undefined) throw new Error(`${stage} failed: ${error}`);
      return resolve(path);
    });
    return [variableOf(port), paths.join(delimiter)];
  });
  const environment = {
    ...Object.fromEntries(inputs),
    CIRQUE_OUTPUT: output,
    CIRQUE_PARAMS: JSON.stringify(params.params),
  };
  let printed = "";
  const listen = (text: string) => {
    log(text);
    printed = (printed + text).slice(-2000);
  };
  const lastLine = () => printed.trimEnd().split("\n").at(-1)?.slice(0, 100) || undefined;
  const ending = await runCommand(params.command, folder, environment, listen, () => progress(undefined, lastLine()));
  if (ending.code === 0) return;
  const how = wordsOf(ending);
  const said = printed.trim().split("\n").slice(-LINES_SHOWN).join("\n");
  const error = new Error(`the command ${how}${said ? `:\n${said}` : " and said nothing"}`);
  // The log has the full output of the command and ends with this line.
  error.stack = `the command ${how}`;
  throw error;
}

function wordsOf({ code, signal }: Ending): string {
  return signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
}
