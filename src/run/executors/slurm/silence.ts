import { SlurmSilence } from "./queue.js";

/** Calls of Slurm that wait for a controller that is down or busy. One that is silent is called every `interval` ms. */
export function patientCalls(interval: number, say: (text: string) => void) {
  let silentSince: number | undefined;
  return {
    /** The answer to a call; undefined while the controller is silent. Rejects with any other error. */
    async answered<T>(call: () => Promise<T>): Promise<T | undefined> {
      try {
        const answer = await call();
        if (silentSince !== undefined) say("Slurm answers again");
        silentSince = undefined;
        return answer;
      } catch (error) {
        if (!(error instanceof SlurmSilence)) throw error;
        if (silentSince === undefined)
          say(`Slurm's controller does not answer; the run waits for it (${error.message})`);
        silentSince = performance.now();
        return undefined;
      }
    },
    isSilent: () => silentSince !== undefined,
    /** True while the controller was silent a moment ago, so that another call is too early. */
    isTooEarly: (now: number) => silentSince !== undefined && now - silentSince < interval,
  };
}
