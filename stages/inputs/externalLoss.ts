/** The loss of an external problem. Its process starts on demand and stays for later computations of this thread. */
import { type Connection, connect } from "../../src/models/external/connection.js";
import { externalObjective } from "../../src/models/external/externalObjective.js";
import { greet, type Hello } from "../../src/models/external/hello.js";
import type { Layout } from "../../src/models/networks/layout.js";
import { type ExternalProblem, repeatTolerance } from "../../src/models/problems/externalProblem.js";
import type { LossFunction } from "../../src/models/problems/lossFunction.js";
import { createObjective, type Objective } from "../../src/models/problems/objective.js";
import type { StageContext } from "../../src/stage.js";

type Place = Pick<StageContext<unknown>, "folder" | "log" | "progress">;

/** A loss that a process computes. `open` connects it to one stage. */
export interface ExternalLoss {
  readonly layout: Layout;
  readonly size: number;
  open(dtype: "f32" | "f64"): Promise<Objective>;
}

/** The step that a process currently works for. */
interface Kept {
  connection: Connection;
  serve(place: Place): void;
}

const processes = new Map<string, Kept>();

/** Connects to the process of a problem; in this thread, to the running one. */
function processOf({ command, timeout }: ExternalProblem, dtype: string, place: Place): Connection {
  const name = JSON.stringify([command, place.folder, timeout, dtype]);
  const known = processes.get(name) ?? started(command, timeout, place);
  processes.set(name, known);
  known.serve(place);
  return known.connection;
}

function started(command: string, timeout: number, place: Place): Kept {
  let current = place;
  const connection = connect({
    command,
    folder: place.folder,
    timeout,
    log: (text) => current.log(text),
    watch: () => current.progress(undefined),
  });
  return {
    connection,
    serve(next) {
      current = next;
    },
  };
}

/** The facts that the process of a problem states. Throws Error when it cannot be started or states nothing usable. */
export function externalHello(problem: ExternalProblem, dtype: "f32" | "f64", place: Place): Promise<Hello> {
  return greet(processOf(problem, dtype, place), dtype);
}

/** The loss of an external problem whose tensors are those of `layout`. */
export function externalLoss(problem: ExternalProblem, layout: Layout, size: number, place: Place): ExternalLoss {
  return {
    layout,
    size,
    async open(dtype) {
      const connection = processOf(problem, dtype, place);
      const hello = await greet(connection, dtype);
      if (hello.size !== size) {
        throw new Error(`the command has ${hello.size} parameters; the model has ${size}; run its stage again`);
      }
      const tolerance = repeatTolerance(problem, dtype);
      const { differences } = problem;
      const objective = externalObjective(connection, hello, { dtype, differences, tolerance, log: place.log });
      // The process stays for later computations in this thread, and ends with the thread.
      return { ...objective, release: async () => connection.rest() };
    },
  };
}

/** A loss that is ready to compute: compiled, or connected to its process. */
export function openObjective(loss: LossFunction | ExternalLoss, dtype: "f32" | "f64"): Promise<Objective> {
  return "open" in loss ? loss.open(dtype) : createObjective(loss, { dtype });
}
