import type { Stage } from "../src/stage.js";
import { type LandscapeMetrics, landscapeMetrics } from "../src/topology/metrics.js";
import { tableArtifact } from "./artifacts/table.js";
import { treeOf } from "./artifacts/tree.js";

interface Params {
  thresholds: number[];
  powers: number[];
}

/** The metrics that do not depend on the persistence threshold. */
const ofTheField = ["vertices", "tied", "nonFinite", "components", "lossMinimum", "lossMaximum", "lossRange"] as const;

export const landscapeMetricsStage: Stage<Params> = {
  name: "landscape-metrics",
  version: 2,
  inputs: { tree: { kinds: ["tree"] } },
  output: "table",
  async run({ params, input }) {
    const { tree } = treeOf(input("tree"));
    const records = landscapeMetrics(tree, params.thresholds, params.powers);
    const columns = [
      ...ofTheField.map((name) => [name, records[0][name]] as const),
      ...records.flatMap((record) => thresholded(record, params.powers)),
    ];
    return tableArtifact(Object.fromEntries(columns.map(([name, value]) => [name, Float64Array.of(value)])));
  },
};

/** The metrics of one threshold; above 0 their names end in it, e.g. minima@0.1%. */
function thresholded(record: LandscapeMetrics, powers: number[]): (readonly [string, number])[] {
  const suffix = record.threshold > 0 ? `@${Number((100 * record.threshold).toPrecision(12))}%` : "";
  const { threshold: _, totalPersistence, ...rest } = record;
  const totals = totalPersistence.map((total, i) => [`totalPersistence${powerSuffix(powers[i])}`, total] as const);
  return [...Object.entries(rest), ...totals]
    .filter(([name]) => !(ofTheField as readonly string[]).includes(name))
    .map(([name, value]) => [`${name}${suffix}`, value] as const);
}

function powerSuffix(power: number): string {
  return power === 1 ? "" : `^${power}`;
}
