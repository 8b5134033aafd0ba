import { pathPairs } from "../../src/landscape/paths/pathPairs.js";
import { isWithoutSamples } from "../../src/models/problems/problemKinds.js";
import type { Outlook } from "../../src/stage.js";
import type { Fault } from "../../src/text/fault.js";
import { checkLossData } from "../outlooks/losses.js";
import { checkRows } from "../outlooks/rows.js";
import type { ConnectParams } from "./params.js";

/** Minima of different losses, too few of them, and parameters that only samples or a matching need. */
export function checkMinima(params: ConnectParams, inputs: Readonly<Record<string, readonly Outlook[]>>): Fault[] {
  const { minima, data = [] } = inputs;
  const { rows, align, seed, pairs } = params;
  const [first] = minima;
  const steps = minima.reduce((sum, minimum) => sum + minimum.steps, 0);
  const other = minima.find(({ network }) => network && first.network && network.text !== first.network.text);
  const kind = (first.network?.architecture as { kind?: string } | undefined)?.kind;
  const withoutSamples = isWithoutSamples(first.problem ?? "");
  return [
    ...checkLossData(inputs, params, { batchSize: 150, evaluationBatchSize: 500 }),
    ...minima.flatMap((minimum) => checkRows(rows, minimum, ["with", "rows"])),
    ...(steps < 2 && rows === "last"
      ? [{ path: ["from", "minima"], message: "found 1 minimum to connect; expected two or more" }]
      : []),
    ...(other === undefined
      ? []
      : [
          {
            path: ["from", "minima"],
            message: `${other.stage} has another network or problem than ${first.stage}; paths connect minima of one loss`,
          },
        ]),
    ...(rows === "last" && steps >= 2 ? checkPairs(pairs, steps) : []),
    ...((data[0]?.steps ?? 1) > 1
      ? [
          {
            path: ["from", "data"],
            message: `${data[0].stage} has ${data[0].steps} points, which give different losses; use by:, or connect one dataset`,
          },
        ]
      : []),
    ...(align === "weight-matching" && kind !== undefined && !["mlp", "cnn", "resnet"].includes(kind)
      ? [{ path: ["with", "align"], message: `align is weight-matching, which a ${kind} does not have; leave it out` }]
      : []),
    ...(seed !== 0 && withoutSamples && align === "none"
      ? [{ path: ["with", "seed"], message: `seed is ${seed}, but there are no samples to draw; leave it out` }]
      : []),
  ];
}

/** Pairs of minima that do not exist. */
function checkPairs(pairs: ConnectParams["pairs"], count: number): Fault[] {
  if (!Array.isArray(pairs)) return [];
  try {
    pathPairs(pairs, Array(count).fill({ weights: new Float64Array(0), loss: 0 }));
    return [];
  } catch (error) {
    return [{ path: ["with", "pairs"], message: (error as Error).message }];
  }
}
