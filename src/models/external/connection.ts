/**
 * A process that answers for parameter vectors: started once, asked one thing at a time, started again when it dies.
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { encodeFrame, type Frame, type FrameArray, FrameError, frameReader } from "./frames.js";

export interface ProcessOptions {
  /** Given to the shell. */
  command: string;
  /** Where it runs. */
  folder: string;
  /** Seconds that one answer may take. */
  timeout: number;
  /** Takes what the process writes to standard error. */
  log(text: string): void;
  /** Called ten times a second while an answer is awaited; it throws when the step is to stop. */
  watch(): void;
}

export interface Connection {
  /**
   * Sends a request and resolves to its answer. A process that dies meanwhile is started again, and asked again once.
   * Throws Error that says what the process did: how it ended, what it wrote, the message of its field `error`.
   */
  ask(request: Record<string, unknown>, arrays?: Record<string, FrameArray>): Promise<Frame>;
  /**
   * Asks, and asks the same of every process that is started later, before anything else. Replaces the earlier one of
   * this name.
   */
  prepare(name: string, request: Record<string, unknown>, arrays?: Record<string, FrameArray>): Promise<Frame>;
  /** Keeps the process for later requests; it ends with this thread, and does not keep it from ending. */
  rest(): void;
  /** Ends the process: it has 5 seconds once its standard input is closed. */
  release(): Promise<void>;
}

/** How often a request is made of a fresh process before its death counts as the answer. */
const ATTEMPTS = 2;
/** Milliseconds between two calls of `watch`. */
const WATCH_INTERVAL = 100;
/** Milliseconds that a process gets to end by itself. */
const GRACE = 5000;
const TAIL = 2000;

/**
 * The command in a process group of its own. A second process of the group looks once a second whether this program
 * still runs (it may be killed without a word) and then ends the group, so nothing is orphaned.
 */
const GUARDED = `
main=$$
( while kill -0 "$0" && kill -0 "$main"; do sleep 1; done; kill -KILL "-$main" ) </dev/null >/dev/null 2>&1 &
exec sh -c "$1"
`;

/** The process ended before it answered. */
class Died extends Error {}

/** Starts nothing yet: the first request does. */
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
        options.log(`${error.message}\nit is started again\n`);
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

/** One process, and the answer that it is awaited for. */
interface Running {
  child: ChildProcess;
  /** What settles the request that is under way. */
  onFrame?: (frame: Frame) => void;
  onFault?: (error: Error) => void;
  /** Why it can be asked nothing more. */
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
      // It has ended.
    }
  };
  const running: Running = {
    child,
    kill: killGroup,
    unref() {
      // An answer that is awaited keeps the thread busy by its timer.
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
    else fail(new FrameError("an answer that nothing was asked for"));
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
  // A process that has ended is told by "close"; what could not be written to it need not be told, too.
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
 * One request and its answer. Throws Died where the process ends, Error where the answer is an error, late, or none.
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
