/** `cirque open`: the report of a pipeline in the browser, live while other processes compute it. */
import { join } from "node:path";
import { DONE } from "../exitCodes.js";
import { liveFeed } from "../live/feed.js";
import { liveServer } from "../live/server.js";
import { type Options, planOf, storeOf } from "../planned.js";
import { resultsFolder } from "../resultsFolder.js";

export async function open(path: string, options: Options & { port: number }): Promise<number> {
  const plan = await planOf(path, options);
  const store = storeOf(options, path);
  const feed = liveFeed(plan, store);
  const folder = join(options.results ?? resultsFolder(path), plan.pipeline.name);
  const server = await liveServer({ plan, store, feed, folder, port: options.port });
  const watch = feed.watch();
  // The signal may come as soon as the address is known.
  const interrupted = interruption();
  console.log(server.address);
  console.error("open this address in a browser on this machine; Ctrl+C ends");
  await interrupted;
  watch.stop();
  await server.close();
  return DONE;
}

/** Resolves when somebody wants the program to end. */
export function interruption(): Promise<void> {
  return new Promise((interrupted) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.removeAllListeners(signal);
      process.once(signal, () => interrupted());
    }
  });
}
