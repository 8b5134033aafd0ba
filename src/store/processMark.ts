/** Identifies a process among all processes, on all machines and after a restart. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

export interface ProcessMark {
  host: string;
  /** The boot id of the machine; empty when unknown. */
  boot: string;
  pid: number;
  /** The start of the process in ticks of the machine, because process ids are reused; empty when unknown. */
  start: string;
}

export function thisProcess(): ProcessMark {
  return { host: hostname(), boot: bootId(), pid: process.pid, start: startOf(process.pid) ?? "" };
}

/** Tells whether a process runs; undefined for a process on another machine. */
export function isAlive({ host, boot, pid, start }: ProcessMark): boolean | undefined {
  if (host !== hostname()) return undefined;
  if (boot !== bootId()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return start === "" || startOf(pid) === start;
}

/** True for a process of this machine that was stopped, by Ctrl+Z or SIGSTOP, and may never go on. */
export function isStopped({ host, pid }: ProcessMark): boolean {
  return host === hostname() && /^[Tt]$/.test(statOf(pid)?.[0] ?? "");
}

let knownBoot: string | undefined;
function bootId(): string {
  return (knownBoot ??= read("/proc/sys/kernel/random/boot_id")?.trim() ?? "");
}

function startOf(pid: number): string | undefined {
  return statOf(pid)?.[19];
}

/** What the system tells about a process after its name, which is in parentheses and may contain spaces: state, … */
function statOf(pid: number): string[] | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
