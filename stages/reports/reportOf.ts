import { type Artifact, numbers, rowCount } from "../../src/artifact/artifact.js";
import { type PagePart, reportPage } from "../../src/figures/page.js";
import type { PageFigure } from "../../src/figures/pageFigures.js";
import type { Cell, PageTable } from "../../src/figures/pageTable.js";
import { singleValues } from "../../src/pipeline/namedValues.js";
import type { Lineage, Source, StageContext } from "../../src/stage.js";
import { figureOf } from "../artifacts/figure.js";
import { reportArtifact } from "../artifacts/report.js";
import { drawnNumbers } from "../inputs/drawnNumbers.js";
import { headlineColumns } from "../inputs/headlineColumns.js";
import { landscapeFinding } from "../inputs/landscapeFinding.js";
import { pageLandscapes } from "../inputs/pageLandscapes.js";
import { textPoint } from "../inputs/textPoint.js";

export interface ReportParams {
  title?: string;
  parts?: PagePart[];
}

/** The page of a report. Throws Error where a part names no input. */
export async function reportOf({
  params,
  sources,
  pipeline,
  lineage = [],
}: StageContext<ReportParams>): Promise<Artifact> {
  const sound = sources("figures").filter(({ error }) => error === undefined);
  const tables = sources("tables");
  if (pipeline === undefined) throw new Error("a report needs the pipeline's text");
  checkParts(params.parts ?? [], sources("figures"), tables);
  const drawn = sound.map((source) => ({ source, ...figureOf(source.artifact()) }));
  const { data, notes } = pageLandscapes(
    sources("trees"),
    drawn.map(({ source, plot, spec }) => ({ step: source.step, plot, spec })),
    lineage,
  );
  const linked = new Map(data.figures.map(({ id, landscape }) => [id, data.landscapes[landscape]]));
  const figures = drawn.map(({ source, plot, spec, svg, caption }, place): PageFigure & { isProfile: boolean } => {
    const landscape = linked.get(`f${place + 1}`);
    const finding = [String(spec.description ?? ""), landscape && landscapeFinding(landscape)];
    return {
      name: source.stage,
      point: textPoint(source.point),
      caption,
      svg,
      finding: finding.filter(Boolean).join(". ") || undefined,
      table: drawnNumbers(spec, nameOf(source)),
      isLinked: landscape !== undefined,
      isProfile: plot === "profile",
    };
  });
  const html = await reportPage({
    parts: params.parts,
    title: params.title ?? pipeline.name,
    description: pipeline.description,
    warnings: [...sources("figures"), ...tables]
      .filter(({ error }) => error)
      .map((source) => `${nameOf(source)}: ${source.error}`),
    tables: tables.filter(({ error }) => !error).map((source) => tableOf(nameOf(source), source.artifact())),
    sections: figures.length > 0 ? [{ heading: "Figures", note: notes.join("\n"), figures }] : [],
    thumbnails: figures.filter(({ isProfile }) => isProfile),
    config: pipeline.source,
    parameters: [...singleValues(pipeline.params), ...Object.entries(pipeline.matrix)].map(([name, value]) => [
      name,
      [value].flat().join(", "),
    ]),
    provenance: {
      columns: ["step", "stage", "version", "key", "parameters, defaults filled in"],
      rows: lineage.map(provenanceRow),
    },
    data,
  });
  return reportArtifact(html);
}

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

function nameOf({ stage, point }: Source): string {
  const values = Object.entries(point).map(([name, value]) => `${name} = ${value}`);
  return [stage, values.join(", ")].filter(Boolean).join(" · ");
}

function tableOf(name: string, of: Artifact): PageTable {
  const columns = Object.keys(of.columns);
  const cells = columns.map((column): Cell[] => {
    const values = of.columns[column];
    return Array.isArray(values) ? (values as string[]) : Array.from(numbers(of, column));
  });
  const rows = Array.from({ length: rowCount(of) }, (_, i) => cells.map((column) => column[i]));
  const axes = Array.isArray(of.metadata.axes) ? of.metadata.axes.map(String) : [];
  return { name, columns, rows, shown: headlineColumns(columns, axes) };
}

function provenanceRow({ step, uses, version, key, params }: Lineage): Cell[] {
  return [step, uses, version, key.slice(0, 12), JSON.stringify(params)];
}
