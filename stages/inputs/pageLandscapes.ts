import type { Artifact } from "../../src/artifact/artifact.js";
import { figureId } from "../../src/figures/page.js";
import type { LinkedFigure, PageData, PageLandscape, PageScale } from "../../src/figures/pageData.js";
import type { Spec } from "../../src/figures/theme.js";
import type { Lineage, Source } from "../../src/stage.js";
import type { MergeTree, MergeTreeNodes } from "../../src/topology/mergeTree.js";
import { simplifyNodes } from "../../src/topology/simplification.js";
import type { Panels } from "../artifacts/figure.js";
import { treeFacts, treeOf } from "../artifacts/tree.js";
import type { PlotName } from "../plots/plotFacts.js";
import { base64 } from "./base64.js";
import { type LandscapeFinding, landscapeFinding } from "./landscapeFinding.js";
import { textPoint } from "./textPoint.js";

/** The most leaves of one landscape that a page holds, and the most vertices of all together. */
const MOST_LEAVES = 2000;
const MOST_VERTICES = 250_000;

/** Plots whose marks belong to the basins of a tree. */
const linkedPlots: readonly PlotName[] = ["profile", "tree", "barcode", "diagram", "contour"];

/** A figure as a page links it; undefined for one that has failed. */
export interface DrawnFigure {
  step: string | undefined;
  plot?: PlotName;
  panels?: Panels;
  spec: Spec;
}

/** A figure of one plot, or a panel of several. */
interface Part {
  id: string;
  panel?: number;
  plot: PlotName;
  /** The tree is one of these steps, or comes from the same grid as they do. */
  steps: ReadonlySet<string>;
  spec: PartSpec;
}

/** What a part needs of its specification. */
interface PartSpec {
  width?: unknown;
  height?: unknown;
  scales?: unknown;
  [key: string]: unknown;
}

/**
 * The landscapes behind the figures of a report with their findings, and which of them each figure shows. `notes` say
 * what was left out. A
 * figure or panel shows the one tree that it comes from, or else the first that comes from the same grid.
 */
export function pageLandscapes(
  trees: readonly Source[],
  figures: readonly DrawnFigure[],
  lineage: readonly Lineage[],
): { data: PageData; notes: string[]; findings: LandscapeFinding[] } {
  const sound = trees.filter(({ error, step }) => error === undefined && step !== undefined);
  const before = ancestorsIn(lineage);
  const parents = new Map(lineage.map(({ step, from }) => [step, from]));
  const treeFor = ({ steps }: Part): Source | undefined => {
    const own = sound.filter(({ step }) => steps.has(step as string));
    if (own.length > 0) return own.length === 1 ? own[0] : undefined;
    return sound.find(({ step }) => parents.get(step as string)?.some((from) => steps.has(from)));
  };
  const parts = figures.flatMap((figure, place) => partsOf(figure, figureId(place), before));
  const shown = parts.map(treeFor);
  const used = sound.filter((tree) => shown.includes(tree));
  let room = MOST_VERTICES;
  const notes: string[] = [];
  const findings: LandscapeFinding[] = [];
  const landscapes = used.map((source) => {
    const { landscape, remarks, vertices, finding } = landscapeOf(source, room);
    room -= vertices;
    notes.push(...remarks);
    findings.push(finding);
    return landscape;
  });
  const links = parts.flatMap((part, k): LinkedFigure[] => {
    const landscape = used.indexOf(shown[k] as Source);
    return landscape < 0 ? [] : [linkedFigure(part, landscape)];
  });
  return { data: { thresholds: thresholdsOf(lineage), landscapes, figures: links }, notes, findings };
}

/** The figure, or its panels, where its plot is one whose marks belong to basins. */
function partsOf(
  { step, plot, panels, spec }: DrawnFigure,
  id: string,
  before: (step: string) => ReadonlySet<string>,
): Part[] {
  if (step !== undefined && plot !== undefined && linkedPlots.includes(plot)) {
    return [{ id, plot, steps: before(step), spec }];
  }
  if (panels === undefined || !linkedPlots.includes(panels.plot)) return [];
  const groups = (spec.marks ?? []) as (PartSpec & { signals?: { name: string; update: string }[] })[];
  return panels.steps.flatMap((own, panel): Part[] => {
    if (own === null || groups[panel] === undefined) return [];
    const { scales, signals = [] } = groups[panel];
    const size = Object.fromEntries(signals.map(({ name, update }) => [name, Number(update)]));
    return [{ id, panel, plot: panels.plot, steps: new Set([own, ...before(own)]), spec: { ...size, scales } }];
  });
}

/** For a step, all steps that it comes from. */
function ancestorsIn(lineage: readonly Lineage[]): (step: string) => ReadonlySet<string> {
  const parents = new Map(lineage.map(({ step, from }) => [step, from]));
  const known = new Map<string, Set<string>>();
  const before = (step: string): Set<string> => {
    const found = known.get(step);
    if (found) return found;
    const all = new Set<string>();
    known.set(step, all);
    for (const parent of parents.get(step) ?? []) {
      all.add(parent);
      for (const other of before(parent)) all.add(other);
    }
    return all;
  };
  return before;
}

/** The thresholds of the metrics, as fractions of the range; those of the first stage of metrics, and 0 without one. */
function thresholdsOf(lineage: readonly Lineage[]): number[] {
  const metrics = lineage.find(({ uses }) => uses === "landscape-metrics");
  return (metrics?.params.thresholds as number[] | undefined) ?? [0];
}

function landscapeOf(source: Source, room: number) {
  const of = source.artifact();
  const { tree, losses } = treeOf(of);
  const leaves = tree.type.reduce((count, type) => count + (type === 0 ? 1 : 0), 0);
  const label = [source.stage, ...Object.entries(textPoint(source.point)).map(([k, v]) => `${k} = ${v}`)].join(" · ");
  const isThinned = leaves > MOST_LEAVES;
  const hasMembers = !isThinned && losses.length <= room;
  const nodes = isThinned ? simplifyNodes(tree, { keep: MOST_LEAVES }).nodes : tree;
  const remarks = [
    ...(isThinned
      ? [
          `${label}: the page counts and links the ${MOST_LEAVES} most persistent of ${leaves} basins; figures and tables hold what they say.`,
        ]
      : []),
    ...(hasMembers
      ? []
      : [
          `${label}: it has ${losses.length} samples; contours do not show its basins, and its profile is not redrawn.`,
        ]),
  ];
  const landscape: PageLandscape = {
    name: source.stage,
    point: textPoint(source.point),
    ...nodesOf(nodes),
    leaves,
    ...shapeOf(of),
    ...(hasMembers && { members: membersOf(tree, losses) }),
  };
  return {
    landscape,
    remarks,
    vertices: hasMembers ? losses.length : 0,
    finding: landscapeFinding(nodes, leaves, label),
  };
}

function shapeOf(of: Artifact): Pick<PageLandscape, "shape" | "extent"> {
  const { shape, extent } = treeFacts(of);
  return shape && extent ? { shape, extent } : {};
}

function nodesOf(nodes: MergeTreeNodes): Omit<PageLandscape, "name" | "point" | "leaves" | "shape" | "extent"> {
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return {
    direction: nodes.direction,
    vertex: base64(nodes.vertex),
    parent: base64(nodes.parent),
    size: base64(nodes.size),
    value: base64(nodes.value),
    meanLoss: base64(nodes.meanLoss),
    type: base64(nodes.type),
    tied: nodes.tied,
    nonFinite: nodes.nonFinite,
    minimum: finite(nodes.minimum),
    maximum: finite(nodes.maximum),
  };
}

function membersOf({ memberOffsets, members }: MergeTree, losses: Float64Array): PageLandscape["members"] {
  return { offsets: base64(memberOffsets), vertices: base64(members), losses: base64(losses) };
}

function linkedFigure({ id, panel, plot, spec }: Part, landscape: number): LinkedFigure {
  const scales =
    (spec.scales as { name: string; type?: string; domain?: unknown; range?: { scheme?: string[] } }[]) ?? [];
  const plain = scales.flatMap(({ name, type, domain, range }): [string, PageScale][] => {
    const isPlain = Array.isArray(domain) && domain.length === 2 && domain.every((end) => typeof end === "number");
    const ramp = Array.isArray(range?.scheme) ? range.scheme : undefined;
    return isPlain && type ? [[name, { type, domain: domain as [number, number], ...(ramp && { ramp }) }]] : [];
  });
  return {
    id,
    ...(panel !== undefined && { panel }),
    ...{ plot, landscape },
    width: Number(spec.width),
    height: Number(spec.height),
    scales: Object.fromEntries(plain),
  };
}
