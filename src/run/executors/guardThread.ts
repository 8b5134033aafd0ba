import { basename } from "node:path";
import type { Task } from "../executor.js";

export interface Guard {
  /** The current task of the thread, or its last one. */
  current(): Task | undefined;
  /** The task of the module whose code threw an error, according to its stack. */
  ownerOf(stack: string): Task | undefined;
  /** Receives the output of a task's stage. */
  print(task: Task, text: string): void;
  warn(task: Task, message: string): void;
  /** Ends a task with an error. Returns false when it has ended already. */
  fail(task: Task, message: string): boolean;
}

/**
 * Keeps the output of modules out of the output of the program; it goes to the log of their step. An error that a
 * module throws outside its run, such as an unhandled rejection, is reported as a fault of that module. It ends the
 * step if the module is running, and is a warning otherwise.
 */
export function guardThread({ current, ownerOf, print, warn, fail }: Guard): void {
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    stream.write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
      const task = current();
      if (task === undefined) return (write as (...all: unknown[]) => boolean)(chunk, ...rest);
      print(task, typeof chunk === "string" ? chunk : Buffer.from(chunk).toString());
      const done = rest.find((argument) => typeof argument === "function") as (() => void) | undefined;
      done?.();
      return true;
    }) as typeof stream.write;
  }

  const late = (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    const stack = error instanceof Error ? (error.stack ?? message) : message;
    const owner = ownerOf(stack);
    if (owner?.module === undefined) throw error;
    const fault = `${basename(owner.module)} threw outside its run: `;
    print(owner, `${fault}${stack}\n`);
    const told = `${fault}${message}; await every promise, and catch the errors of timers`;
    if (!fail(owner, told)) warn(owner, `${owner.step}: ${told}`);
  };
  process.on("unhandledRejection", late);
  process.on("uncaughtException", late);
}
