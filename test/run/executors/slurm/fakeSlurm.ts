/**
 * A Slurm for tests: `sbatch`, `squeue`, `scancel` and `scontrol` as one small program, with its state in a folder. It
 * runs two workers at once. Files in the folder make it misbehave:
 *
 * - `down`: no command gets an answer
 * - `empty`: squeue lists nothing
 * - `fates`: how the next workers end, a line each: `<state> <milliseconds after the start>`, or `-`
 * - `next`: the number of the next job
 */
import { spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const AT_ONCE = 2;
const self = fileURLToPath(import.meta.url);

/** Makes the commands, for a PATH, and the folder of their state. */
export function fakeSlurm(): { state: string; environment: NodeJS.ProcessEnv; calls(program: string): string[] } {
  const folder = mkdtempSync(join(tmpdir(), "fake-slurm-"));
  const [bin, state] = [join(folder, "bin"), join(folder, "state")];
  mkdirSync(bin);
  mkdirSync(join(state, "workers"), { recursive: true });
  for (const program of ["sbatch", "squeue", "scancel", "scontrol"]) {
    const text = `#!/bin/sh\nexec "${process.execPath}" "${self}" ${program} "$@"\n`;
    writeFileSync(join(bin, program), text, { mode: 0o755 });
  }
  return {
    state,
    environment: { ...process.env, PATH: `${bin}:${process.env.PATH}`, FAKE_SLURM: state },
    calls(program) {
      const path = join(state, "calls");
      const all = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
      return all.filter((line) => line.startsWith(`${program} `));
    },
  };
}

interface Worker {
  job: number;
  task: number;
  token: string;
  name: string;
  state: string;
  pid?: number;
}

const state = process.env.FAKE_SLURM ?? "";
const at = (...names: string[]) => join(state, ...names);
const workerPath = ({ job, task }: Worker) => at("workers", `${job}_${task}`);

function write(worker: Worker): void {
  writeFileSync(`${workerPath(worker)}.draft`, JSON.stringify(worker));
  renameSync(`${workerPath(worker)}.draft`, workerPath(worker));
}

function workers(): Worker[] {
  const names = readdirSync(at("workers")).filter((name) => !name.endsWith(".draft"));
  return names.map((name) => JSON.parse(readFileSync(at("workers", name), "utf8")) as Worker);
}

function sbatch(args: readonly string[]): void {
  const script = args.at(-1) as string;
  const text = readFileSync(script, "utf8");
  const option = (name: string) => new RegExp(`^#SBATCH --${name}=(.*)$`, "m").exec(text)?.[1] ?? "";
  const count =
    1 +
    Number(
      args
        .find((argument) => argument.startsWith("--array="))
        ?.split("-")
        .at(-1),
    );
  const job = Number(existsSync(at("next")) ? readFileSync(at("next"), "utf8") : 1);
  writeFileSync(at("next"), String(job + 1));
  for (let task = 0; task < count; task++)
    write({ job, task, token: option("comment"), name: option("job-name"), state: "PENDING" });
  spawn(process.execPath, [self, "runner", String(job), script], { detached: true, stdio: "ignore" }).unref();
  console.log(job);
}

/** Runs the workers of a job. */
async function runner(job: number, script: string): Promise<void> {
  const own = () => workers().filter((worker) => worker.job === job);
  const busy = () => workers().filter((worker) => worker.state === "RUNNING").length;
  const running = new Set<Promise<void>>();
  while (running.size > 0 || own().some((worker) => worker.state === "PENDING")) {
    const next = busy() < AT_ONCE ? own().find((worker) => worker.state === "PENDING") : undefined;
    if (next) {
      const ended: Promise<void> = worked(next, script).then(() => void running.delete(ended));
      running.add(ended);
    }
    await new Promise((wake) => setTimeout(wake, 30));
  }
}

async function worked(worker: Worker, script: string): Promise<void> {
  const log = openSync(at(`log-${worker.job}_${worker.task}`), "a");
  const environment = { SLURM_ARRAY_JOB_ID: String(worker.job), SLURM_ARRAY_TASK_ID: String(worker.task) };
  const child = spawn("sh", [script], { env: { ...process.env, ...environment }, stdio: ["ignore", log, log] });
  write({ ...worker, state: "RUNNING", pid: child.pid });
  const [fate, after] = nextFate();
  const timer = fate === "-" ? undefined : setTimeout(() => child.kill("SIGKILL"), after);
  const [code, signal] = await new Promise<[number | null, string | null]>((end) =>
    child.once("exit", (...how) => end(how)),
  );
  clearTimeout(timer);
  const isFate = signal === "SIGKILL" && fate !== "-";
  const isCancelled = existsSync(at(`cancelled-${worker.job}_${worker.task}`));
  write({ ...worker, state: isFate ? fate : isCancelled ? "CANCELLED" : code === 0 ? "COMPLETED" : "FAILED" });
}

function nextFate(): [string, number] {
  if (!existsSync(at("fates"))) return ["-", 0];
  const [line, ...rest] = readFileSync(at("fates"), "utf8").split("\n");
  if (rest.length === 0) rmSync(at("fates"));
  else writeFileSync(at("fates"), rest.join("\n"));
  const [fate, after] = line.split(" ");
  return [fate, Number(after)];
}

function scancel(args: readonly string[]): void {
  const name = args.find((argument) => argument.startsWith("--name="))?.slice("--name=".length);
  const only = args.find((argument) => argument.startsWith("--state="))?.slice("--state=".length);
  const signal = args.find((argument) => argument.startsWith("--signal="))?.slice("--signal=".length);
  for (const worker of workers()) {
    if (worker.name !== name || (only && worker.state !== only)) continue;
    if (worker.state === "PENDING" && !signal) write({ ...worker, state: "CANCELLED" });
    if (worker.state !== "RUNNING") continue;
    if (!signal) writeFileSync(at(`cancelled-${worker.job}_${worker.task}`), "");
    spawnSync("kill", ["-s", signal ?? "TERM", String(worker.pid)]);
  }
}

if (process.argv[1] === self) {
  const [program, ...args] = process.argv.slice(2);
  if (program === "runner") await runner(Number(args[0]), args[1]);
  else {
    appendFileSync(at("calls"), `${program} ${args.join(" ")}\n`);
    if (existsSync(at("down"))) {
      console.error(`${program}: error: Unable to contact slurm controller (connect failure)`);
      process.exit(1);
    }
    if (program === "sbatch") sbatch(args);
    else if (program === "scancel") scancel(args);
    else if (program === "scontrol") console.log("MaxArraySize            = 1001");
    else if (!existsSync(at("empty"))) {
      for (const { token, task, job, state: now } of workers()) console.log(`${token}|${task}|${job}|${now}|None`);
    }
  }
}
