/** The state of an unfinished step is an artifact in the store, under a separate key. */
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { readArtifact, writeArtifact } from "../artifact/artifactFile.js";
import type { StageContext } from "../stage.js";
import { openStore } from "../store/store.js";

/** The minimum interval between two saved states, in milliseconds. */
const SAVE_INTERVAL = 2000;

export function unfinishedKey(key: string): string {
  return createHash("sha256").update(`unfinished ${key}`).digest("hex");
}

/**
 * Loads and saves the state of the step with this key. `isLast` tells that the step ends now, so its state is stored
 * immediately. `saved` is called after a state was stored.
 */
export function unfinishedState(
  storeFolder: string,
  key: string,
  { isLast, saved }: { isLast: () => boolean; saved: () => void },
): StageContext<unknown>["resume"] {
  const store = openStore(storeFolder);
  const own = unfinishedKey(key);
  let [savedAt, interval] = [performance.now(), SAVE_INTERVAL];
  return {
    load() {
      const { record, path } = { path: "", ...store.lookup(own) };
      return record && readArtifact(path);
    },
    save(state) {
      const start = performance.now();
      if (start - savedAt < interval && !isLast()) return;
      const before = store.lookup(own);
      const found = state();
      // Each step has an object of its own, which it may remove.
      const content = { ...found, metadata: { ...found.metadata, unfinished: key } };
      const { object } = store.put(own, { unfinished: key }, (write) => writeArtifact(content, write), {});
      if (before.record && before.object !== object) rmSync(before.path, { force: true });
      savedAt = performance.now();
      // A large state is stored less often, so that saving takes at most a twentieth of the time.
      interval = Math.max(SAVE_INTERVAL, 20 * (savedAt - start));
      saved();
    },
  };
}
