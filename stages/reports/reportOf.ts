import { type Artifact, numbers, rowCount } from "../../src/artifact/artifact.js";
import { figureId, type PagePart, reportPage } from "../../src/figures/page.js";
import type { PageFigure } from "../../src/figures/pageFigures.js";
import type { Cell, PageTable } from "../../src/figures/pageTable.js";
import { singleValues } from "../../src/pipeline/namedValues.js";
import type { Lineage, Source, StageContext } from "../../src/stage.js";
import { figureOf } from "../artifacts/figure.js";
import { reportArtifact } from "../artifacts/report.js";
import { headlineColumns } from "../inputs/headlineColumns.js";
import type { LandscapeFinding } from "../inputs/landscapeFinding.js";
import { pageLandscapes } from "../inputs/pageLandscapes.js";
import { tableBehind } from "../inputs/tableBehind.js";
import { textPoint } from "../inputs/textPoint.js";
import { onFixedAxes, trainingAxis } from "./films.js";
import { scenesOf } from "./scenes.js";
import { type Behind, behindSteps, type Shown } from "./shown.js";

export interface ReportParams {
  title?: string;
  parts?: PagePart[];
  over?: string;
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
  const { matrix } = pipeline;
  const over = params.over ?? trainingAxis(matrix, lineage);
  checkOver(params.over, Object.keys(matrix));
  const drawn = [...sources("shown"), ...sources("trees")];
  const behind = behindSteps(drawn, lineage);
  const given = sound.map((source): Shown => ({ source, ...figureOf(source.artifact()) }));
  const shown = await onFixedAxes(given, over, behind);
  const { data, notes, findings } = pageLandscapes(
    sources("trees"),
    shown.map(({ source, ...rest }) => ({ step: source.step, ...rest })),
    lineage,
  );
  const values = (matrix[over ?? ""] ?? []).map(String);
  const figures = shown.map((each, place): PageFigure => {
    const links = data.figures.filter(({ id }) => id === figureId(place));
    return pageFigure(
      each,
      links.map(({ landscape }) => findings[landscape]),
      behind(each.source.step),
      values,
    );
  });
  const isFilm = shown.some(({ frame }) => frame !== undefined);
  const html = await reportPage({
    parts: params.parts,
    title: params.title ?? pipeline.name,
    description: pipeline.description,
    warnings: [...sources("figures"), ...tables]
      .filter(({ error }) => error)
      .map((source) => `${nameOf(source)}: ${source.error}`),
    tables: tables.filter(({ error }) => !error).map((source) => tableOf(nameOf(source), source.artifact())),
    sections: figures.length > 0 ? [{ heading: "Figures", note: notes.join("\n"), figures }] : [],
    thumbnails: thumbnailsOf(shown).map((place) => figures[place]),
    ...(isFilm && over !== undefined && { film: { axis: over, values } }),
    config: pipeline.source,
    parameters: [...singleValues(pipeline.params), ...Object.entries(matrix)].map(([name, value]) => [
      name,
      [value].flat().join(", "),
    ]),
    provenance: {
      columns: ["step", "stage", "version", "key", "parameters, defaults filled in"],
      rows: lineage.map(provenanceRow),
    },
    data,
    scenes: await scenesOf(shown, drawn, behind),
  });
  return reportArtifact(html);
}

/** Throws where the axis of the slider is none of the matrix. */
function checkOver(over: string | undefined, axes: readonly string[]): void {
  if (over === undefined || axes.includes(over)) return;
  throw new Error(`over: the matrix has no axis "${over}"; its axes are ${axes.join(", ") || "none"}`);
}

function pageFigure(
  { source, plot, panels, spec, svg, caption, frame }: Shown,
  findings: readonly LandscapeFinding[],
  { sources }: Behind,
  values: readonly string[],
): PageFigure {
  const sentences = findings.slice(0, 4).map(({ sentence }) => sentence);
  const more = findings.length > sentences.length ? [`${findings.length - sentences.length} more landscapes`] : [];
  const fixed = frame && `The axes are those of all frames over ${frame}.`;
  const name = nameOf(source);
  return {
    name: source.stage,
    point: textPoint(source.point),
    caption: [caption, fixed].filter(Boolean).join(" "),
    svg,
    finding: [String(spec.description ?? ""), ...sentences, ...more].filter(Boolean).join(". ") || undefined,
    table: tableBehind(spec, name, plot ?? panels?.plot, findings, sources),
    isLinked: findings.length > 0,
    ...(plot && { plotSize: { width: Number(spec.width), height: Number(spec.height) } }),
    ...(frame && { frame: { axis: frame, place: values.indexOf(String(source.point[frame])) } }),
  };
}

/** The places of the figures that show in small: profiles, or else the first stage with several points. */
function thumbnailsOf(shown: readonly Shown[]): number[] {
  const places = [...shown.keys()].filter((place) => Object.keys(shown[place].source.point).length > 0);
  const stages = [...new Set(places.map((place) => shown[place].source.stage))];
  const of = (stage: string) => places.filter((place) => shown[place].source.stage === stage);
  const isProfile = (stage: string) => shown[of(stage)[0]].plot === "profile";
  const several = stages.filter((stage) => of(stage).length > 1 && shown[of(stage)[0]].plot !== undefined);
  const chosen = several.find(isProfile) ?? several[0];
  return chosen === undefined ? [] : of(chosen);
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
