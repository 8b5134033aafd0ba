/** Runs shell commands, each in its own process group, and leaves no process behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";

/** Seconds that a process group gets to end after SIGTERM. */
const GRACE = 5;
/** Milliseconds between two calls of `watch`. */
const WATCH_INTERVAL = 100;
/** Milliseconds for printed output to arrive after the command has ended. */
const LAST_OUTPUT = 200;

/**
 * The command. A guardian starts before it in its process group and ends the group once file descriptor 3 closes. The
 * guardian belongs to the group, so the number of the group cannot be reused meanwhile.
 */
const GUARDED = `
group=$$
( trap "" TERM HUP INT; read -r _ <&3; kill -s TERM -- "-$group"; sleep ${GRACE}; kill -s KILL -- "-$group" ) >/dev/null 2>&1 &
exec 3<&-
exec /bin/sh -c "$1"
`;

export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/**
 * Runs a command line in a folder and returns how it ended. `listen` receives its output. `watch` is called often; when
 * it throws, the command is ended and the promise rejects with that error. Processes that the command left behind are
 * ended with it, also when this process dies: SIGTERM first, SIGKILL 5 s later.
 */
export async function runCommand(
  command: string,
  folder: string,
  environment: Record<string, string>,
  listen: (text: string) => void,
  watch: () => void,
): Promise<Ending> {
  const child = spawn("/bin/sh", ["-c", GUARDED, "sh", command], {
    cwd: folder,
    env: { ...process.env, ...environment },
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  /** The group is ended once this closes, which also happens when this process dies. */
  const leash = child.stdio[3] as Socket;
  leash.on("error", () => {}).unref();
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", listen);
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  let stopped: { error: unknown } | undefined;
  const timer = setInterval(() => {
    try {
      watch();
    } catch (error) {
      stopped = { error };
      clearInterval(timer);
      leash.destroy();
    }
  }, WATCH_INTERVAL);
  try {
    const ending = await ended;
    await outputOf(child);
    if (stopped) throw stopped.error;
    return ending;
  } finally {
    clearInterval(timer);
    leash.destroy();
  }
}

/** Waits for the last output. A process left behind may hold the pipes open forever. */
async function outputOf(child: ChildProcess): Promise<void> {
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
  const ends = streams.map((stream) => stream.readableEnded || once(stream, "close"));
  await Promise.race([Promise.all(ends), new Promise((wake) => setTimeout(wake, LAST_OUTPUT))]);
  for (const stream of streams) stream.destroy();
}
