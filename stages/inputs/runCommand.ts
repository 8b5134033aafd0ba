/** Commands of a shell, each in a process group of its own, of which nothing stays behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** Seconds that a process group gets to end by itself after SIGTERM. */
const GRACE = 5;
/** Milliseconds between two calls of `watch`. */
const WATCH_INTERVAL = 100;
/** Milliseconds in which output that is already printed arrives after the command has ended. */
const LAST_OUTPUT = 200;

export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/**
 * Runs a command line in a folder and gives how it ended. `listen` gets what it prints. `watch` is called often; when it throws,
 * the command is ended and the promise rejects with that error. Processes that the command started and left behind are ended
 * with it, also when this process dies: SIGTERM, and SIGKILL 5 s later.
 */
export async function runCommand(
  command: string,
  folder: string,
  environment: Record<string, string>,
  listen: (text: string) => void,
  watch: () => void,
): Promise<Ending> {
  const child = spawn(command, {
    shell: true,
    cwd: folder,
    env: { ...process.env, ...environment },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", listen);
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  if (child.pid === undefined) return ended;
  const guardian = guardianOf(child.pid);
  let stopped: { error: unknown } | undefined;
  const timer = setInterval(() => {
    try {
      watch();
    } catch (error) {
      stopped = { error };
      clearInterval(timer);
      guardian.stdin?.end();
    }
  }, WATCH_INTERVAL);
  try {
    const ending = await ended;
    await outputOf(child);
    if (stopped) throw stopped.error;
    return ending;
  } finally {
    clearInterval(timer);
    guardian.stdin?.end();
  }
}

/** Waits for the last output. A process that is left behind may hold the pipes open for ever. */
async function outputOf(child: ChildProcess): Promise<void> {
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
  const ends = streams.map((stream) => stream.readableEnded || once(stream, "close"));
  await Promise.race([Promise.all(ends), new Promise((wake) => setTimeout(wake, LAST_OUTPUT))]);
  for (const stream of streams) stream.destroy();
}

/**
 * A process that ends a process group once its own standard input closes: when the command is to end, when it has ended, and
 * when this process dies in any way.
 */
function guardianOf(group: number): ChildProcess {
  const script = `read -r _; kill -s TERM -- "-$1" 2>/dev/null || exit; sleep ${GRACE}; kill -s KILL -- "-$1" 2>/dev/null`;
  const guardian = spawn("/bin/sh", ["-c", script, "sh", String(group)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  // A command that nobody guards must not run.
  guardian.on("error", () => process.kill(-group, "SIGKILL"));
  guardian.stdin?.on("error", () => {});
  guardian.unref();
  return guardian;
}
