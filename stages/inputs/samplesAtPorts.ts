import type { Dataset } from "../../src/data/dataset.js";
import type { StageContext } from "../../src/stage.js";
import { datasetOf } from "../artifacts/dataset.js";

type Ports = Pick<StageContext<unknown>, "ports" | "input">;

/** The samples for training and for validation. Throws Error when none are connected. */
export function samplesAtPorts({ ports, input }: Ports): { data: Dataset; validation?: Dataset } {
  if (!ports.includes("data")) {
    throw new Error('a supervised problem learns from samples; connect them to the port "data"');
  }
  const validation = ports.includes("validation") ? datasetOf(input("validation")) : undefined;
  return { data: datasetOf(input("data")), validation };
}

/** Throws Error when samples are connected to a problem that needs none. `own` is the port of the model itself. */
export function refuseSamples(kind: string, own: string, { ports }: Pick<Ports, "ports">): void {
  const useless = ports.filter((port) => port !== own);
  if (useless.length === 0) return;
  throw new Error(
    `a ${kind} problem needs no samples; remove the input ${useless.map((port) => `"${port}"`).join(", ")}`,
  );
}
