/** Faults of a training that its inputs show. */
import { canonicalJson } from "../../src/artifact/canonicalJson.js";
import { type Architecture, withoutStart } from "../../src/models/networks/architecture.js";
import type { Outlook } from "../../src/stage.js";
import type { Fault } from "../../src/text/fault.js";
import { checkRows } from "../outlooks/rows.js";
import { defaultOptimizer } from "./defaultOptimizer.js";
import type { GivenTraining } from "./runTraining.js";

type Inputs = Readonly<Record<string, readonly Outlook[]>>;

/** Parameters that only a start from another model, or only a start without one, has a use for. */
export function checkStart(params: GivenTraining, { start: [start] = [] as Outlook[] }: Inputs): Fault[] {
  const { startRow, initialization, problem, seed } = params;
  if (start === undefined) {
    if (startRow === undefined) return [];
    const message = 'is of a model at the port "start"; connect one, or leave it out';
    return [{ path: ["with", "startRow"], message, lacksInput: true }];
  }
  const faults = checkRows(startRow, start, ["with", "startRow"]);
  if (initialization !== "default") {
    const message = `is ${initialization}, but the weights come from the port "start"; leave it out`;
    faults.push({ path: ["with", "initialization"], message });
  }
  if (seed !== 0 && problem.kind !== "supervised") {
    const message = `seed is ${seed}, but the weights come from the port "start", and nothing is drawn; leave it out`;
    faults.push({ path: ["with", "seed"], message });
  }
  const other = start.network?.architecture as Architecture | undefined;
  const [own, given] = [params.architecture, other].map((of) => of && canonicalJson(withoutStart(of)));
  if (given !== undefined && params.architecture.kind !== "onnx" && own !== given) {
    faults.push({
      path: ["with", "architecture"],
      message: `is not that of ${start.stage}, which gives the weights: ${given}`,
    });
  }
  return faults;
}

/** Curves that a training does not measure, and epochs without a batch. */
export function checkEpochs(params: GivenTraining, inputs: Inputs): Fault[] {
  const { problem, earlyStop, dropLast = false, batchSize = 128, optimizer = defaultOptimizer(problem) } = params;
  if (problem.kind !== "supervised") return [];
  const metric = earlyStop?.metric ?? "";
  const [data] = inputs.data ?? [];
  const count = data?.uses === "load-data" ? (data.amount ?? batchSize) : batchSize;
  return [
    ...(metric.startsWith("validation") && inputs.validation === undefined
      ? [
          {
            path: ["with", "earlyStop"],
            message: `watches ${metric}; connect samples to the port "validation"`,
            lacksInput: true,
          },
        ]
      : []),
    ...(metric.endsWith("Accuracy") && ["mean-squared-error", "output"].includes(problem.loss)
      ? [{ path: ["with", "earlyStop", "metric"], message: `is ${metric}; the loss ${problem.loss} has no accuracy` }]
      : []),
    ...(![optimizer].flat().every(({ kind }) => kind === "lbfgs") && dropLast && count < batchSize
      ? [
          {
            path: ["with", "dropLast"],
            message: `leaves no batch: ${data.stage} has ${count} samples, batchSize is ${batchSize}`,
          },
        ]
      : []),
  ];
}
