import type { Stage } from "../src/stage.js";
import type { LandscapeMetrics } from "../src/topology/metrics.js";

type Missing = "drop" | "zero" | "global-pair";

interface Params {
  thresholds: number[];
  powers: number[];
  /** Default drop. */
  missing?: Missing;
}

/** The metrics that do not depend on the persistence threshold. */
const ofTheField = ["vertices", "tied", "nonFinite", "components", "lossMinimum", "lossMaximum", "lossRange"] as const;

/** Those of each threshold; the total persistence of each power follows. */
const ofThreshold = [
  ...(["persistenceThreshold", "minima", "saddles", "pairs"] as const),
  ...(["averagePersistence", "averageDistanceToDiagonal"] as const),
  ...(["averagePersistenceWithGlobalPair", "averageDistanceToDiagonalWithGlobalPair"] as const),
  ...(["maximumPersistence", "persistenceEntropy"] as const),
  ...(["smad", "smadRelative", "smadWeighted", "smadWeightedRelative"] as const),
  ...(["basinLargest", "basinMean", "basinOfGlobalMinimum"] as const),
];

export const landscapeMetricsStage: Stage<Params> = {
  name: "landscape-metrics",
  version: 2,
  inputs: { tree: { kinds: ["tree"] } },
  output: "table",
  outlook: ({ thresholds, powers }) => ({ columns: namesOf(thresholds, powers) }),
  async run({ params, input }) {
    const [{ landscapeMetrics }, { tableArtifact }, { treeOf }] = await Promise.all([
      import("../src/topology/metrics.js"),
      import("./artifacts/table.js"),
      import("./artifacts/tree.js"),
    ]);
    const { tree } = treeOf(input("tree"));
    const { thresholds, powers, missing = "drop" } = params;
    const records = landscapeMetrics(tree, thresholds, powers).map((record) => withoutPairs(record, missing));
    const values = [
      ...ofTheField.map((name) => records[0][name]),
      ...records.flatMap((record) => [...ofThreshold.map((name) => record[name]), ...record.totalPersistence]),
    ];
    const names = namesOf(thresholds, powers);
    return tableArtifact(Object.fromEntries(names.map((name, i) => [name, Float64Array.of(values[i])])));
  },
};

/** The columns; those of thresholds above 0 end in it, e.g. minima@0.1%. */
function namesOf(thresholds: readonly number[], powers: readonly number[]): string[] {
  const totals = powers.map((power) => `totalPersistence${power === 1 ? "" : `^${power}`}`);
  const suffixes = thresholds.map((t) => (t > 0 ? `@${Number((100 * t).toPrecision(12))}%` : ""));
  return [...ofTheField, ...suffixes.flatMap((suffix) => [...ofThreshold, ...totals].map((name) => name + suffix))];
}

/** The averages over pairs where there is no pair: missing, 0, or those of the global pair alone. */
function withoutPairs(record: LandscapeMetrics, missing: Missing): LandscapeMetrics {
  if (record.pairs > 0 || missing === "drop") return record;
  const isZero = missing === "zero";
  return {
    ...record,
    averagePersistence: isZero ? 0 : record.averagePersistenceWithGlobalPair,
    averageDistanceToDiagonal: isZero ? 0 : record.averageDistanceToDiagonalWithGlobalPair,
  };
}
