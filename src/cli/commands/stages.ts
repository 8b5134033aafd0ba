/** `cirque stages`: lists the stage kinds, or describes the parameters and inputs of one. */
import { resolve } from "node:path";
import { isKind, kinds, loadStages } from "../../../stages/index.js";
import { isModulePath } from "../../pipeline/config.js";
import { schemaOf } from "../../pipeline/schemas.js";
import { stageModule } from "../../pipeline/stageModule.js";
import { suggestion } from "../../text/nearestName.js";
import { DONE, UsageError } from "../exitCodes.js";
import { printsToStderr } from "../printsToStderr.js";
import { describeStage } from "../stageHelp.js";

export async function stages(kind?: string): Promise<number> {
  if (kind === undefined) {
    const width = Math.max(...kinds.map((name) => name.length));
    for (const name of kinds) {
      const [firstSentence] = String(schemaOf(name).description).split(/(?<=\.) (?=[A-Z])/);
      console.log(`${name.padEnd(width)}  ${firstSentence}`);
    }
    return DONE;
  }
  if (!isModulePath(kind) && !isKind(kind)) {
    throw new UsageError(`no stage "${kind}"${suggestion(kind, kinds) || `; expected one of ${kinds.join(", ")}`}`);
  }
  const stage = isKind(kind) ? (await loadStages([kind]))[0] : await printsToStderr(() => stageModule(resolve(kind)));
  console.log(describeStage(stage, stage.schema ?? schemaOf(kind)));
  return DONE;
}
