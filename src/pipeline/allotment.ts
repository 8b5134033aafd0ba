/** What a worker of a cluster gets: `resources:` and `slurm:` of a pipeline file. No part of the keys. */
import { secondsOf } from "../text/duration.js";

export interface Allotment {
  /** Cores; a worker computes as many steps or pieces at once. */
  cpus: number;
  /** Megabytes, of the whole worker. */
  memory: number;
  /** Seconds until the worker ends. */
  time: number;
  gpus: number;
  /** The factor by which the memory grows after a worker ran out of it. */
  memoryGrowth: number;
  slurm: SlurmSettings;
}

/** Settings of `sbatch` by their names there; `lines` go into the script as they are. */
export interface SlurmSettings {
  account?: string;
  qos?: string;
  partition?: string;
  constraint?: string;
  gres?: string;
  lines?: string[];
}

/** An allotment as a file writes it; the schema has checked its form. */
export interface RawAllotment {
  resources?: {
    cpus?: number;
    memory?: string;
    time?: number | string;
    gpus?: number;
    memoryGrowth?: number;
  };
  slurm?: SlurmSettings;
}

/** The allotment that several levels of a file ask for, the later ones before the earlier. */
export function allotmentOf(...levels: readonly RawAllotment[]): Allotment {
  const asked = Object.assign({}, ...levels.map(({ resources }) => resources)) as NonNullable<
    RawAllotment["resources"]
  >;
  const { cpus = 1, memory = "4 GB", time = "1 h", gpus = 0, memoryGrowth = 1 } = asked;
  const slurm = Object.assign({}, ...levels.map((level) => level.slurm)) as SlurmSettings;
  return { cpus, memory: megabytesOf(memory), time: secondsOf(time), gpus, memoryGrowth, slurm };
}

/**
 * True when a worker with one allotment can compute a step that asks for another. A step that asks for none fits all.
 */
export function fits(step: Allotment | undefined, worker: Allotment): boolean {
  if (step === undefined) return true;
  const isEnough = (["cpus", "memory", "time", "gpus"] as const).every((what) => step[what] <= worker[what]);
  return isEnough && JSON.stringify(sorted(step.slurm)) === JSON.stringify(sorted(worker.slurm));
}

/** Equal allotments have equal names. */
export function nameOf({ slurm, ...resources }: Allotment): string {
  return JSON.stringify([sorted(resources), sorted(slurm)]);
}

function sorted(settings: object): unknown[] {
  return Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
}

function megabytesOf(memory: string): number {
  const [, count, unit] = /^([\d.]+)\s*(MB|GB)$/.exec(memory) as RegExpExecArray;
  return Math.ceil(Number(count) * (unit === "GB" ? 1024 : 1));
}
