import { type Artifact, numbers } from "../../src/artifact/artifact.js";
import { comparison } from "../../src/figures/comparison.js";
import type { Spec } from "../../src/figures/theme.js";
import { drawnFacts, FAILURE } from "../artifacts/table.js";
import { capital, type FigureParams, lookOf, type Plot } from "./plot.js";

const factsOf = (table: Artifact) => drawnFacts(table, "comparison");
const suits = (table: Artifact) => factsOf(table) !== undefined;

/** The table of a compare stage. */
export const comparisonPlot: Plot = {
  suits,
  title: (table) => capital(`${distanceNames[factsOf(table)?.distance ?? ""] ?? "distance"} between landscapes`),
  caption: () => "How far apart the landscapes are, and a map on which they lie about that far apart.",
  spec: (table, params) => specOf(table, params),
};

const distanceNames: Record<string, string> = {
  bottleneck: "bottleneck distance",
  wasserstein: "Wasserstein distance",
  "merge-tree": "merge-tree distance",
};

function specOf(table: Artifact, params: FigureParams): Spec {
  const facts = factsOf(table);
  if (!facts) throw new Error("plot: comparison draws the table of a compare stage; this table has no distances");
  const { labels, axes, distance, explained } = facts;
  const columns = labels.map((label) => numbers(table, label));
  // Points that failed have rows without distances.
  const failed = table.columns[FAILURE] as string[] | undefined;
  const rows = Array.from(table.columns.x1 as Float64Array, (_, row) => row).filter((row) => !failed?.[row]);
  const place = (name: string) => Float64Array.from(rows, (row) => numbers(table, name)[row]);
  const words = (axis: string, row: number) => String((table.columns[axis] as ArrayLike<string | number>)[row]);
  const wordsOf = (names: readonly string[], row: number) => names.map((axis) => words(axis, row)).join(", ");
  const stages = table.columns.stage === undefined ? [] : ["stage"];
  const naming = [...stages, ...axes];
  return comparison({
    ...lookOf(params),
    labels: rows.map((row) => wordsOf(naming, row)),
    labelTitle: naming.join(", "),
    distances: Float64Array.from(rows.flatMap((row) => columns.map((column) => column[row]))),
    distanceLabel: distanceNames[distance],
    x: place("x1"),
    y: place("x2"),
    explained,
    ...(naming.length > 1 && {
      groups: {
        names: rows.map((row) => `${naming[0]} = ${words(naming[0], row)}`),
        labels: rows.map((row) => wordsOf(naming.slice(1), row)),
        labelTitle: naming.slice(1).join(", "),
      },
    }),
  });
}
