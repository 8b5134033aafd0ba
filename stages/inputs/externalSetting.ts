import { readFileSync } from "node:fs";
import { formatOf } from "../../src/files/formatOf.js";
import { readNpy } from "../../src/files/npy.js";
import type { Architecture } from "../../src/models/networks/architecture.js";
import { layoutSize } from "../../src/models/networks/layout.js";
import type { ParameterVector } from "../../src/models/networks/namedParameters.js";
import type { ExternalProblem } from "../../src/models/problems/externalProblem.js";
import type { StageContext } from "../../src/stage.js";
import type { Setting } from "../artifacts/model.js";
import { type ExternalLoss, externalHello, externalLoss } from "./externalLoss.js";

/**
 * The tensors of the process of an external problem, its loss, and the initial weights: those of the file
 * `architecture.start`, or those of the process. Throws Error when there are none, or when their number differs from
 * that of the process or from `architecture.count`.
 */
export async function externalSetting(
  { architecture, problem, dtype }: Setting<ExternalProblem>,
  context: StageContext<unknown>,
): Promise<{ setting: Setting<ExternalProblem>; loss: ExternalLoss; start(): Float64Array }> {
  const { count, start } = vectorOf(architecture);
  const hello = await externalHello(problem, dtype, context);
  const { layout, size } = hello;
  if (count !== undefined && count !== size) {
    throw new Error(`architecture.count is ${count}, but the command has ${size} parameters`);
  }
  const tensors = layout.map(({ name, role, shape }) => ({ name, role, shape }));
  return {
    setting: { architecture: { kind: "parameters", tensors }, problem, dtype },
    loss: externalLoss(problem, layout, layoutSize(layout), context),
    start() {
      const weights = start === undefined ? hello.start : startFrom(context.file(start), start);
      if (weights === undefined) {
        throw new Error("the command gives no start; send one in its hello, or name a .npy file in architecture.start");
      }
      if (weights.length !== size) {
        throw new Error(`architecture.start holds ${weights.length} numbers; the command has ${size} parameters`);
      }
      return weights;
    },
  };
}

function vectorOf(architecture: Architecture): ParameterVector {
  // `check` has refused all others.
  return architecture.kind === "parameters" && !("names" in architecture) ? architecture : { kind: "parameters" };
}

function startFrom(path: string, name: string): Float64Array {
  if (formatOf(name, ["npy"]) === undefined) throw new Error(`architecture.start is ${name}; expected a .npy file`);
  return Float64Array.from(readNpy(readFileSync(path), name).values);
}
