/** A path over a landscape, before anything runs: it is drawn in the coordinates of the landscape. */
import type { Outlook } from "../../src/stage.js";
import type { Fault } from "../../src/text/fault.js";
import { listed } from "../../src/text/words.js";
import type { PlotName } from "../plots/plotFacts.js";

const overGrids: readonly PlotName[] = ["contour", "surface"];

/** The fault of a path at the port of this name over a landscape that is drawn by one of these plots. */
export function checkPath(paths: readonly Outlook[] | undefined, drawn: Outlook, plots: readonly PlotName[]): Fault[] {
  if (paths === undefined || paths.length === 0) return [];
  const fault = (message: string) => [{ path: ["from", "path"], message }];
  if (!plots.some((name) => overGrids.includes(name))) {
    return fault(`a path is drawn over a grid of two axes; ${drawn.stage} is drawn as ${listed(plots)}`);
  }
  const [path] = paths;
  if (path.columns !== undefined && !path.columns.includes("model")) {
    return fault(`${path.stage} has no column "model", which names the ways; expected the output of a stage project`);
  }
  const [own, its] = [path.span, drawn.span];
  if (own === undefined || its === undefined) return [];
  if (own.unit !== its.unit) {
    const advice = its.unit === "coordinate" ? "expected a grid from sample-grid" : "expected the same unit for both";
    return fault(`${path.stage} counts the unit ${own.unit}, ${drawn.stage} the unit ${its.unit}; ${advice}`);
  }
  for (const [port, word] of [
    ["directions", "along"],
    ["model", "around"],
  ] as const) {
    const [a, b] = [own[port], its[port]];
    if (a === undefined || b === undefined || a.stage === b.stage || a.result === b.result) continue;
    return fault(
      `${path.stage} is ${word} ${a.stage}, and ${drawn.stage} is ${word} ${b.stage}; expected the same for both`,
    );
  }
  return [];
}
