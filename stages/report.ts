import { type Artifact, numbers, rowCount } from "../src/artifact/artifact.js";
import type { Cell, PagePart, PageTable } from "../src/figures/page.js";
import { singleValues } from "../src/pipeline/namedValues.js";
import type { Lineage, Point, Source, Stage } from "../src/stage.js";
import { figureOf } from "./artifacts/figure.js";
import { reportArtifact } from "./artifacts/report.js";

interface Params {
  title?: string;
  parts?: PagePart[];
}

/** A table with more columns than this and few rows is transposed, so that its rows stand side by side. */
const WIDE = 8;
const FEW_ROWS = 8;

export const reportStage: Stage<Params> = {
  name: "report",
  version: 6,
  inputs: {
    figures: { kinds: ["figure"], many: true, optional: true },
    tables: { kinds: ["table"], many: true, optional: true },
  },
  output: "report",
  fanIn: true,
  showsPipeline: true,
  async run({ params, sources, pipeline, lineage = [] }) {
    const { reportPage } = await import("../src/figures/page.js");
    const figures = sources("figures");
    const tables = sources("tables");
    if (pipeline === undefined) throw new Error("a report needs the pipeline's text");
    checkParts(params.parts ?? [], figures, tables);
    const html = await reportPage({
      parts: params.parts,
      title: params.title ?? pipeline.name,
      description: pipeline.description,
      warnings: [...figures, ...tables]
        .filter(({ error }) => error)
        .map((source) => `${nameOf(source)}: ${source.error}`),
      tables: tables.filter(({ error }) => !error).map((source) => tableOf(nameOf(source), source.artifact())),
      sections:
        figures.length > 0 ? [{ heading: "Figures", figures: figures.filter(({ error }) => !error).map(drawn) }] : [],
      config: pipeline.source,
      parameters: [...singleValues(pipeline.params), ...Object.entries(pipeline.matrix)].map(([name, value]) => [
        name,
        [value].flat().join(", "),
      ]),
      provenance: {
        columns: ["step", "stage", "version", "key", "parameters, defaults filled in"],
        rows: lineage.map(provenanceRow),
      },
    });
    return reportArtifact(html);
  },
};

/** Throws where a part names no input of the report. */
function checkParts(parts: PagePart[], figures: Source[], tables: Source[]): void {
  for (const part of parts) {
    if (typeof part === "string" || "text" in part) continue;
    const [kind, name, sources] =
      "figure" in part ? (["figure", part.figure, figures] as const) : (["table", part.table, tables] as const);
    const known = [...new Set(sources.map(({ stage }) => stage))];
    if (!known.includes(name))
      throw new Error(
        `parts: the report has no ${kind} "${name}"; its ${kind}s are of ${known.join(", ") || "no stage"}`,
      );
  }
}

function pointText(point: Point): string {
  return Object.entries(point)
    .map(([name, value]) => `${name} = ${value}`)
    .join(", ");
}

function nameOf({ stage, point }: Source): string {
  const text = pointText(point);
  return text === "" ? stage : `${stage} · ${text}`;
}

function drawn(source: Source) {
  return { name: source.stage, point: pointText(source.point), ...figureOf(source.artifact()) };
}

function tableOf(name: string, of: Artifact): PageTable {
  const columns = Object.keys(of.columns);
  const cells = columns.map((column): Cell[] => {
    const values = of.columns[column];
    return Array.isArray(values) ? (values as string[]) : Array.from(numbers(of, column));
  });
  const rows = Array.from({ length: rowCount(of) }, (_, i) => cells.map((column) => column[i]));
  if (columns.length <= WIDE || rows.length > FEW_ROWS) return { name, columns, rows };
  if (rows.length === 1) {
    return { name, columns: ["quantity", "value"], rows: columns.map((column, i) => [column, cells[i][0]]) };
  }
  return {
    name,
    columns: [columns[0], ...cells[0].map(String)],
    rows: columns.slice(1).map((column, i) => [column, ...cells[i + 1]]),
  };
}

function provenanceRow({ step, uses, version, key, params }: Lineage): Cell[] {
  return [step, uses, version, key.slice(0, 12), JSON.stringify(params)];
}
