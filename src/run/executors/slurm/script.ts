/** The script of a submission. */
import type { Allotment } from "../../../pipeline/allotment.js";

export interface ScriptFacts {
  /** The name of the jobs. */
  name: string;
  token: string;
  /** The folder of the workers' output. */
  logs: string;
  /** The folder to work in. */
  cwd: string;
  /** The program with its arguments. */
  command: readonly string[];
}

/**
 * The number of seconds before its time limit at which a worker gets a signal: a tenth of the limit, from half a minute
 * to ten minutes. Slurm may send the signal a minute early.
 */
function graceOf({ time }: Allotment): number {
  return Math.round(Math.min(600, Math.max(30, time / 10)));
}

/**
 * The script replaces its shell by a worker, so the signals of Slurm reach it. Slurm requeues nothing; the run submits
 * successors.
 */
export function batchScript(allotment: Allotment, { name, token, logs, cwd, command }: ScriptFacts): string {
  const { cpus, memory, time, gpus, slurm } = allotment;
  const { lines = [], ...settings } = slurm;
  const options: [string, string | number | undefined][] = [
    ["job-name", name],
    ["comment", token],
    ["output", `"${logs.replaceAll("%", "%%")}/%A_%a.log"`],
    ["open-mode", "append"],
    ["nodes", 1],
    ["ntasks", 1],
    ["cpus-per-task", cpus],
    ["mem", `${memory}M`],
    ["time", Math.max(1, Math.ceil(time / 60))],
    ["signal", `B:USR1@${graceOf(allotment)}`],
    ["gres", gpus > 0 && settings.gres === undefined ? `gpu:${gpus}` : undefined],
    ...Object.entries(settings),
  ];
  const isOption = (line: string) => line.startsWith("#SBATCH");
  return [
    "#!/bin/sh",
    ...options.flatMap(([option, value]) => (value === undefined ? [] : [`#SBATCH --${option}=${value}`])),
    "#SBATCH --no-requeue",
    ...lines.filter(isOption),
    "",
    ...lines.filter((line) => !isOption(line)),
    `cd ${quoted(cwd)} || exit 1`,
    `exec ${command.map(quoted).join(" ")}`,
    "",
  ].join("\n");
}

/** A word, quoted for the shell if necessary. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
