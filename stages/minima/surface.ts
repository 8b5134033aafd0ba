import { type LossSurface, lossSurface } from "../../src/landscape/paths/lossSurface.js";
import type { StageContext } from "../../src/stage.js";
import { datasetOf } from "../artifacts/dataset.js";
import { modelFacts } from "../artifacts/model.js";
import { modelWithLoss } from "../inputs/modelAtPorts.js";
import type { Minimum } from "./minima.js";
import type { ConnectParams } from "./params.js";

/** The loss on which all paths lie, of the samples at port `data` where the problem has some. */
export async function surfaceOf(
  { model, row }: Minimum,
  { params, ports, input, sources }: StageContext<ConnectParams>,
): Promise<LossSurface> {
  const { dtype, seed, batchSize, evaluationBatchSize } = params;
  if (sources("data").length > 1) {
    throw new Error(
      "the data of different matrix points are different losses; mention the matrix value that changes them in label, or take one",
    );
  }
  const data = ports.includes("data") ? input("data") : undefined;
  const { loss } = modelWithLoss(model, { data, row, statistics: "recomputed", batchSize: evaluationBatchSize });
  const { architecture, problem } = modelFacts(model);
  if (problem.kind !== "supervised" || data === undefined) return lossSurface(loss, dtype);
  return lossSurface(loss, dtype, { architecture, problem, data: datasetOf(data), batchSize, seed });
}
