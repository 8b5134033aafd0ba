import { type ArtifactKind, artifactKinds } from "../src/artifact/artifact.js";
import { pointLabel } from "../src/pipeline/matrix.js";
import type { Source, Stage } from "../src/stage.js";
import { withArticle } from "../src/text/words.js";
import { columnNamed } from "./inputs/columnNamed.js";
import { faultOfColumn, rowsAhead } from "./inputs/columnsAhead.js";
import { columnsOf, extendsPoint, onePerPoint, type PointRow } from "./inputs/onePerPoint.js";
import { stepName } from "./inputs/stepName.js";
import { sharedNetwork } from "./outlooks/network.js";

interface Params {
  output: ArtifactKind;
  column: string;
  best: "lowest" | "highest";
}

export const selectStage: Stage<Params> = {
  name: "select",
  version: 1,
  inputs: {
    of: { kinds: artifactKinds, many: true },
    measure: {
      kinds: artifactKinds.filter((kind) => kind !== "figure" && kind !== "report"),
      many: true,
      optional: true,
    },
  },
  output: "model",
  outputOf: ({ output = "model" }) => artifactKinds.find((kind) => kind === output),
  fanIn: true,
  outlook: (_, { of }) => ({
    ...{ columns: of[0].columns, rowAxes: of[0].rowAxes, ...sharedNetwork(of) },
    headlines: of[0].headlines && [...of[0].headlines, "selected"],
  }),
  checkInputs({ column, output }, { of, measure }) {
    const other = of.find(({ kind }) => kind !== output);
    const message = `gives ${withArticle(output)}; ${other?.stage} is ${withArticle(other?.kind ?? "")}; set output: ${other?.kind}`;
    const faults = other ? [{ path: ["with", "output"], message }] : [];
    return [...faults, ...faultOfColumn(rowsAhead(measure ?? of)?.columns, column, ["column"])];
  },
  async run({ params, ports, sources, log }) {
    const all = sources("of");
    const candidates = all.filter(({ error }) => error === undefined);
    if (candidates.length === 0) throw new Error(`nothing to select from: ${all.map(stepName).join(", ")} failed`);
    const rows = onePerPoint(ports.includes("measure") ? sources("measure") : candidates);
    const column = columnNamed(columnsOf(rows), params.column, "column");
    const values = candidates.map((candidate) => valueAt(candidate, rows, column));
    const sign = params.best === "lowest" ? 1 : -1;
    let best = -1;
    for (const [k, value] of values.entries()) {
      if (!Number.isNaN(value) && (best < 0 || sign * value < sign * values[best])) best = k;
    }
    if (best < 0) throw new Error(`no candidate has a ${params.column} that is a number`);
    const { stage, point } = candidates[best];
    const chosen = candidates[best].artifact();
    if (chosen.kind !== params.output) {
      throw new Error(`${stepName(candidates[best])} is ${withArticle(chosen.kind)}; set output: ${chosen.kind}`);
    }
    log(`${stepName(candidates[best])} has the ${params.best} ${column}, ${values[best]}, of ${candidates.length}\n`);
    const { provenance: _, ...metadata } = chosen.metadata;
    const selected = { stage, point, column, value: values[best], candidates: candidates.length };
    return {
      ...chosen,
      metadata: { ...metadata, selected },
      summary: { ...chosen.summary, selected: pointLabel(point) || stage },
    };
  },
};

/** The number that ranks a candidate; NaN when it is missing. Throws Error when there are several. */
function valueAt({ stage, point }: Source, rows: readonly PointRow[], column: string): number {
  const own = rows.filter((row) => extendsPoint(row.point, point) || extendsPoint(point, row.point));
  if (own.length > 1) {
    const name = stepName({ stage, point });
    throw new Error(`${name} has ${own.length} rows at port measure; expected one with its ${column}`);
  }
  const cell = own[0]?.row[column];
  if (typeof cell === "string") throw new Error(`${column} is the text "${cell}"; expected a number`);
  return typeof cell === "number" ? cell : Number.NaN;
}
