import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";

/**
 * The cores that this process may use: those of its allocation (SLURM_CPUS_PER_TASK) and of its control group, instead
 * of those of the machine. At least 1.
 */
export function cores(environment: NodeJS.ProcessEnv = process.env, root = "/"): number {
  const allocated = Number(environment.SLURM_CPUS_PER_TASK || Number.POSITIVE_INFINITY);
  const limits = [availableParallelism(), groupLimit(root), Number.isInteger(allocated) ? allocated : Infinity];
  return Math.max(1, Math.floor(Math.min(...limits)));
}

/** The cores of the control group, version 2 or 1: the minimum of its quota and those of the groups around it. */
function groupLimit(root: string): number {
  const groups = (read(join(root, "proc/self/cgroup")) ?? "").split("\n").map((line) => line.split(":"));
  const [, , own = "/"] = groups.find(([number]) => number === "0") ?? [];
  let least = Number.POSITIVE_INFINITY;
  for (let path = own; ; path = dirname(path)) {
    const [quota, period] = (read(join(root, "sys/fs/cgroup", path, "cpu.max")) ?? "max").split(/\s+/).map(Number);
    least = Math.min(least, limitOf(quota, period));
    if (path === "/" || path === ".") break;
  }
  const [, , older = "/"] = groups.find(([, controllers]) => controllers?.split(",").includes("cpu")) ?? [];
  for (const path of [older, "/"]) {
    const value = (name: string) => Number(read(join(root, "sys/fs/cgroup/cpu", path, name)) ?? Number.NaN);
    least = Math.min(least, limitOf(value("cpu.cfs_quota_us"), value("cpu.cfs_period_us")));
  }
  return least;
}

/** A fraction of a core counts as a whole one. */
function limitOf(quota: number, period: number): number {
  return quota > 0 && period > 0 ? Math.ceil(quota / period) : Number.POSITIVE_INFINITY;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}
