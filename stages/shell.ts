import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type Artifact, type ArtifactKind, artifactKinds } from "../src/artifact/artifact.js";
import type { Stage, StageContext } from "../src/stage.js";

interface Params {
  command: string;
  output: ArtifactKind;
  params: Record<string, unknown>;
  files: string[];
}

/** Any command: it reads and writes Arrow files, whose paths it finds in its environment. */
export const shellStage: Stage<Params> = {
  name: "shell",
  version: 1,
  inputs: { "*": { kinds: artifactKinds, many: true, optional: true } },
  output: "table",
  outputOf: ({ output }) => artifactKinds.find((kind) => kind === (output ?? "table")),
  async run(context) {
    const folder = mkdtempSync(join(tmpdir(), "cirque-shell-"));
    try {
      const path = join(folder, "output.arrow");
      await execute(context, path);
      if (!existsSync(path)) throw new Error("the command ended well, but wrote nothing to $CIRQUE_OUTPUT");
      return await read(path, context.params.output);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function read(path: string, kind: ArtifactKind): Promise<Artifact> {
  // Arrow takes long to load.
  const { foreignArtifact } = await import("../src/artifact/foreignArtifact.js");
  try {
    return foreignArtifact(readFileSync(path), kind);
  } catch (error) {
    throw new Error(`what the command wrote to $CIRQUE_OUTPUT is no ${kind}: ${(error as Error).message}`);
  }
}

/** Runs the command to its end. Throws with the last lines that it printed where that is not 0; a run that stops ends it. */
function execute(
  { params, ports, sources, folder, log, progress }: StageContext<Params>,
  output: string,
): Promise<void> {
  const inputs = ports.map((port) => {
    const paths = sources(port).map(({ path, stage, error }) => {
      if (path === undefined) throw new Error(`${stage} failed: ${error}`);
      return path;
    });
    return [`CIRQUE_INPUT_${port.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`, paths.join(delimiter)];
  });
  const env = {
    ...process.env,
    ...Object.fromEntries(inputs),
    CIRQUE_OUTPUT: output,
    CIRQUE_PARAMS: JSON.stringify(params.params),
  };
  return new Promise((resolve, reject) => {
    const child = spawn(params.command, {
      shell: true,
      cwd: folder,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stopped: unknown;
    const end = () => {
      // The shell and all that it has started.
      if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
    };
    const watch = setInterval(() => {
      try {
        progress(undefined, last || undefined);
      } catch (error) {
        stopped = error;
        clearInterval(watch);
        end();
      }
    }, 100);
    let last = "";
    let tail = "";
    const listen = (chunk: Buffer) => {
      log(String(chunk));
      tail = (tail + chunk).slice(-2000);
      last = tail.trimEnd().split("\n").at(-1)?.slice(0, 100) ?? "";
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearInterval(watch);
      if (stopped) reject(stopped);
      else if (code === 0) resolve();
      else {
        const said = tail.trim().split("\n").slice(-5).join("\n");
        const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
        const error = new Error(`the command ${how}${said ? `:\n${said}` : " and said nothing"}`);
        // What the log ends with, which has all that the command said.
        error.stack = `the command ${how}`;
        reject(error);
      }
    });
  });
}
