/**
 * A process that computes losses for parameter vectors. It is started once, gets one request at a time, and is
 * restarted when it dies.
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { encodeFrame, type Frame, type FrameArray, FrameError, frameReader } from "./frames.js";

export interface ProcessOptions {
  /** The command line for the shell. */
  command: string;
  /** The working folder. */
  folder: string;
  /** The number of seconds that one answer may take. */
  timeout: number;
  /** Receives what the process writes to standard error. */
  log(text: string): void;
  /** Called ten times a second while an answer is pending. It throws when the step is to stop. */
  watch(): void;
}

export interface Connection {
  /**
   * Sends a request and resolves to its answer. When the process dies meanwhile, it is restarted and gets the request
   * once more. Throws an Error that says what the process did: how it ended, what it wrote, and the message in its
   * field `error`.
   */
  ask(request: Record<string, unknown>, arrays?: Record<string, FrameArray>): Promise<Frame>;
  /**
   * Sends a request now, and first of all to every process started later. Replaces the earlier request of this name.
   */
  prepare(name: string, request: Record<string, unknown>, arrays?: Record<string, FrameArray>): Promise<Frame>;
  /** Keeps the process for later requests. It ends with this thread, and does not keep the thread alive. */
  rest(): void;
  /** Ends the process, which has 5 seconds after its standard input is closed. */
  release(): Promise<void>;
}

/** The number of fresh processes that get a request before their death counts as the answer. */
const ATTEMPTS = 2;
/** Milliseconds between two calls of `watch`. */
const WATCH_INTERVAL = 100;
/** Milliseconds that a process has to end by itself. */
const GRACE = 5000;
const TAIL = 2000;

/**
 * The command in its own process group. A second process of the group checks once a second whether this program still
 * runs (it may be killed without notice) and otherwise ends the group, so nothing is orphaned.
 */
const GUARDED = `
main=$$
( while kill -0 "$0" && kill -0 "$main"; do sleep 1; done; kill -KILL "-$main" ) </dev/null >/dev/null 2>&1 &
exec sh -c "$1"
`;

/** The process ended before it answered. */
class Died extends Error {}

/** Starts no process; the first request does. */
export function connect(options: ProcessOptions): Connection {
  const prepared = new Map<string, [Record<string, unknown>, Record<string, FrameArray>]>();
  let running: Running | undefined;

  async function fresh(): Promise<Running> {
    const started = start(options);
    running = started;
    for (const [request, arrays] of prepared.values()) await exchange(started, options, request, arrays);
    return started;
  }

  async function ask(request: Record<string, unknown>, arrays: Record<string, FrameArray> = {}): Promise<Frame> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await exchange(running ?? (await fresh()), options, request, arrays);
      } catch (error) {
        running?.kill();
        running = undefined;
        if (!(error instanceof Died) || attempt === ATTEMPTS) throw error;
        options.log(`${error.message}\nit is restarted\n`);
      }
    }
  }

  return {
    ask,
    async prepare(name, request, arrays = {}) {
      prepared.delete(name);
      const answer = await ask(request, arrays);
      prepared.set(name, [request, arrays]);
      return answer;
    },
    rest() {
      running?.unref();
    },
    async release() {
      const ending = running;
      running = undefined;
      await ending?.end();
    },
  };
}

/** One process, and its pending answer. */
interface Running {
  child: ChildProcess;
  /** Settles the pending request. */
  onFrame?: (frame: Frame) => void;
  onFault?: (error: Error) => void;
  /** The reason why the process accepts no more requests. */
  fault?: Error;
  kill(): void;
  unref(): void;
  end(): Promise<void>;
}

function start({ command, folder, log }: ProcessOptions): Running {
  const child = spawn("sh", ["-c", GUARDED, String(process.pid), command], {
    cwd: folder,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let tail = "";
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const killGroup = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // True after the process has ended.
    }
  };
  const running: Running = {
    child,
    kill: killGroup,
    unref() {
      // The timer of a pending answer keeps the thread alive.
      child.unref();
      for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as Socket | null)?.unref();
    },
    async end() {
      const timer = setTimeout(killGroup, GRACE);
      child.stdin?.end();
      await closed;
      clearTimeout(timer);
    },
  };
  const fail = (error: Error) => {
    running.fault ??= error;
    running.onFault?.(running.fault);
  };
  const reader = frameReader((frame) => {
    if (running.onFrame) running.onFrame(frame);
    else fail(new FrameError("an answer without a request"));
  });
  child.stdout?.on("data", (bytes: Buffer) => {
    if (running.fault) return;
    try {
      reader.push(bytes);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      fail(new Error(`the command wrote ${error.message}`));
    }
  });
  child.stderr?.on("data", (bytes: Buffer) => {
    log(String(bytes));
    tail = (tail + bytes).slice(-TAIL);
  });
  // The event "close" reports the end of a process, so failed writes to it need no report.
  child.stdin?.on("error", () => {});
  child.once("error", (error) => fail(new Died(`the command could not be started: ${error.message}`)));
  child.once("close", (code, signal) => {
    const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
    const missing = reader.end();
    const said = tail.trim().split("\n").slice(-5).join("\n");
    fail(
      new Died(`the command ${how}${missing ? ` after ${missing}` : ""}${said ? `:\n${said}` : " and said nothing"}`),
    );
  });
  return running;
}

/**
 * One request and its answer. Throws Died when the process ends, and Error when the answer is an error, late, or
 * missing.
 */
function exchange(
  running: Running,
  { timeout, watch }: ProcessOptions,
  request: Record<string, unknown>,
  arrays: Record<string, FrameArray>,
): Promise<Frame> {
  const asked = performance.now();
  return new Promise<Frame>((resolve, reject) => {
    if (running.fault) return reject(running.fault);
    const settle = () => {
      clearInterval(timer);
      running.onFrame = undefined;
      running.onFault = undefined;
    };
    const fail = (error: unknown) => {
      settle();
      reject(error);
    };
    const timer = setInterval(() => {
      try {
        watch();
        if (performance.now() - asked > 1000 * timeout) {
          throw new Error(`the command has not answered "${request.do}" within ${timeout} s; raise problem.timeout`);
        }
      } catch (error) {
        fail(error);
      }
    }, WATCH_INTERVAL);
    running.onFault = fail;
    running.onFrame = (frame) => {
      settle();
      const { error } = frame.header;
      if (error === undefined) resolve(frame);
      else reject(new Error(`the command says: ${error}`));
    };
    for (const part of encodeFrame(request, arrays)) running.child.stdin?.write(part);
  });
}
