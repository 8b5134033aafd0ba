import { type LossSurface, lossSurface } from "../../src/landscape/paths/lossSurface.js";
import { layoutSize } from "../../src/models/networks/layout.js";
import { createObjective } from "../../src/models/problems/objective.js";
import type { StageContext } from "../../src/stage.js";
import { datasetOf } from "../artifacts/dataset.js";
import { modelFacts } from "../artifacts/model.js";
import { externalLoss } from "../inputs/externalLoss.js";
import { modelWithLoss } from "../inputs/modelAtPorts.js";
import type { Minimum } from "./minima.js";
import type { ConnectParams } from "./params.js";

/** The loss on which all paths lie, of the samples at port `data` where the problem has some. */
export async function surfaceOf({ model, row }: Minimum, context: StageContext<ConnectParams>): Promise<LossSurface> {
  const { params, ports, input, sources } = context;
  const { dtype, seed, batchSize, evaluationBatchSize } = params;
  if (sources("data").length > 1) {
    throw new Error(
      "the data of different matrix points give different losses; use the matrix value that changes them in label, or connect one dataset",
    );
  }
  const data = ports.includes("data") ? input("data") : undefined;
  const { architecture, problem, layout } = modelFacts(model);
  if (problem.kind === "external") {
    if (data) throw new Error('an external problem has its own samples; leave out the port "data"');
    return lossSurface(await externalLoss(problem, layout, layoutSize(layout), context).open(dtype), { dtype });
  }
  const { loss } = modelWithLoss(model, { data, row, statistics: "recomputed", batchSize: evaluationBatchSize });
  const objective = await createObjective(loss, { dtype });
  const options = { pointsPerRun: loss.pointsPerRun, dtype };
  if (problem.kind !== "supervised" || data === undefined) return lossSurface(objective, options);
  const learning = { architecture, problem, data: datasetOf(data), batchSize, seed };
  return lossSurface(objective, { ...options, learning });
}
