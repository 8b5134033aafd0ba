import type { Dataset } from "../../src/data/dataset.js";
import type { StageContext } from "../../src/stage.js";
import { datasetOf } from "../artifacts/dataset.js";

type Ports = Pick<StageContext<unknown>, "ports" | "input">;

/** The samples to learn from, and those to validate on. Throws Error where none are connected. */
export function samplesAtPorts({ ports, input }: Ports): { data: Dataset; validation?: Dataset } {
  if (!ports.includes("data")) {
    throw new Error('a supervised problem learns from samples; connect them to the port "data"');
  }
  const validation = ports.includes("validation") ? datasetOf(input("validation")) : undefined;
  return { data: datasetOf(input("data")), validation };
}

/** Throws Error where a problem that needs no samples is given some; `own` is the port of the model itself. */
export function refuseSamples(kind: string, own: string, { ports }: Pick<Ports, "ports">): void {
  const useless = ports.filter((port) => port !== own);
  if (useless.length === 0) return;
  throw new Error(`a ${kind} problem needs no samples; leave out ${useless.map((port) => `"${port}"`).join(", ")}`);
}
