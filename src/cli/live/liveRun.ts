import type { Plan } from "../../pipeline/plan.js";
import type { RunEvent } from "../../run/outcome.js";
import type { Store } from "../../store/store.js";
import { interruption } from "../commands/open.js";
import { liveFeed } from "./feed.js";
import { liveServer } from "./server.js";

/** Serves the page of a run that goes on in this process, and prints its address, on stderr where stdout has events. */
export async function startLiveRun(
  plan: Plan,
  store: Store,
  folder: string,
  isOnStderr = false,
): Promise<{ onEvent(event: RunEvent): void; close(): Promise<void>; untilInterrupted(): Promise<void> }> {
  const feed = liveFeed(plan, store);
  const server = await liveServer({ plan, store, feed, folder, port: 0 });
  (isOnStderr ? console.error : console.log)(server.address);
  return {
    onEvent: feed.onEvent,
    close: server.close,
    async untilInterrupted() {
      console.error("the page stays open; Ctrl+C ends");
      await interruption();
      await server.close();
    },
  };
}
