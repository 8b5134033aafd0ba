/** The commands of Slurm: sbatch, squeue, scancel and scontrol. sacct is not used, because few clusters offer it. */
import { execFile } from "node:child_process";
import { userInfo } from "node:os";

/** A worker in the queue. */
export interface QueueEntry {
  /** The comment of its submission. */
  token: string;
  /** Its index in the array. */
  task: number;
  job: string;
  /** Slurm's name of the state: PENDING, RUNNING, OUT_OF_MEMORY, … */
  state: string;
  reason: string;
}

/** Slurm has refused a command, and would refuse it again. */
export class SlurmError extends Error {
  override readonly name = "SlurmError";
}

/** Slurm does not answer at present: its controller is down or busy. */
export class SlurmSilence extends Error {
  override readonly name = "SlurmSilence";
}

/** Milliseconds for an answer. */
const PATIENCE = 60_000;
/** The size of the largest array when the controller does not tell it: Slurm's own default. */
const DEFAULT_ARRAY_SIZE = 1001;

export type Queue = ReturnType<typeof slurmQueue>;

/** The jobs with a name. All methods reject with SlurmSilence or SlurmError. */
export function slurmQueue(name: string) {
  const own = [`--user=${userInfo().username}`, `--name=${name}`];
  return {
    /** Submits an array of workers and returns the number of the job. */
    async submit(script: string, count: number): Promise<string> {
      const said = await command("sbatch", ["--parsable", `--array=0-${count - 1}`, script]);
      return said.trim().split(";")[0];
    },
    /** All workers that Slurm knows, including those that ended in the last minutes. */
    async look(): Promise<QueueEntry[]> {
      const format = "%k|%K|%F|%T|%r";
      const said = await command("squeue", ["--noheader", "--array", "--states=all", `--format=${format}`, ...own]);
      return said.split("\n").flatMap((line) => {
        const [token, task, job, state, reason] = line.trim().split("|");
        return state === undefined ? [] : [{ token, task: Number(task), job, state, reason }];
      });
    },
    /** Ends the workers; with `PENDING` only those that wait. */
    cancel: (state?: "PENDING") => command("scancel", [...own, ...(state ? [`--state=${state}`] : [])]),
    /** Asks the workers to end after their present piece. */
    async drain(): Promise<void> {
      await command("scancel", [...own, "--state=PENDING"]);
      await command("scancel", [...own, "--batch", "--signal=USR1"]);
    },
    /** The most workers of one submission. */
    async arraySize(): Promise<number> {
      const said = await command("scontrol", ["show", "config"]);
      return Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(said)?.[1] ?? DEFAULT_ARRAY_SIZE);
    },
  };
}

/** The messages with which Slurm says that it cannot answer at present. */
const silence =
  /unable to contact slurm controller|socket timed out|zero bytes were transmitted|connection (refused|timed out)|connect failure|temporarily unable|resource temporarily unavailable|rate.?limit|slurmctld.*(down|backup)/i;

function command(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout: PATIENCE, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      if ((error as NodeJS.ErrnoException).code === "ENOENT")
        return reject(new SlurmError(`${program} was not found; expected the commands of Slurm on the PATH`));
      const said = stderr.trim() || error.message;
      if (error.killed || silence.test(said)) reject(new SlurmSilence(`${program}: ${said}`));
      else reject(new SlurmError(`${program}: ${said}`));
    });
  });
}
