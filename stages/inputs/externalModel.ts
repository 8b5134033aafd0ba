import type { Artifact } from "../../src/artifact/artifact.js";
import type { ExternalProblem } from "../../src/models/problems/externalProblem.js";
import type { StageContext } from "../../src/stage.js";
import { modelArtifact, type Setting } from "../artifacts/model.js";
import { externalSetting } from "./externalSetting.js";
import { refuseSamples } from "./samplesAtPorts.js";
import { solutionFacts } from "./solutionFacts.js";
import { withObjective } from "./withObjective.js";

/** The initial parameters of an external problem, as a model with one row. Throws the errors of externalSetting. */
export async function externalModel(
  described: Setting<ExternalProblem>,
  context: StageContext<unknown>,
): Promise<Artifact> {
  refuseSamples("external", "start", context);
  const { setting, loss, start } = await externalSetting(described, context);
  const weights = start();
  return withObjective(loss, setting.dtype, async (objective) => {
    const { terms } = await solutionFacts(setting, weights, objective);
    const rows = { step: Int32Array.of(0), loss: Float64Array.of(terms.loss), weights };
    return modelArtifact(setting, rows, { terms }, { ...terms, parameters: weights.length });
  });
}
