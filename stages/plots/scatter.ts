import { type Artifact, type Column, numbers, rowCount } from "../../src/artifact/artifact.js";
import { type ScatterData, type ScatterMap, scatter } from "../../src/figures/scatter.js";
import { embeddingCoordinates, embeddingFacts } from "../artifacts/embedding.js";
import { type FigureParams, lookOf, type Plot } from "./plot.js";

const methodNames: Record<string, string> = {
  phate: "PHATE",
  pca: "PCA",
  mds: "MDS",
  "metric-mds": "metric MDS",
  tsne: "t-SNE",
  umap: "UMAP",
};

/** Maps of points. Several embeddings at separate ports are drawn side by side. */
export const scatterPlot: Plot = {
  title: (of) => `${methodNames[String(embeddingFacts(of).method)] ?? "Points"} map`,
  caption: () =>
    "Points on maps, near where they are near; how far apart unconnected parts lie says nothing. A line joins the points of a trajectory. Axes of one map have one scale.",
  spec: (of, params, beside, port) => scatter(scatterData(of, params, beside, port)),
};

/** What a scatter shows of the embeddings at its ports. */
export function scatterData(
  of: Artifact,
  params: FigureParams,
  beside: Readonly<Record<string, Artifact>>,
  port: string,
): ScatterData {
  const { lossRange, lossScale, colour } = params;
  const maps = Object.entries({ [port]: of, ...beside }).filter(([, { kind }]) => kind === "embedding");
  const methods = maps.map(([, map]) => String(embeddingFacts(map).method));
  const different = new Set(methods).size === maps.length;
  return {
    ...lookOf(params),
    lossRange,
    lossScale,
    colourLabel: colour,
    maps: inCommonGroups(
      maps.map(([name, map], k) => mapOf(map, different ? (methodNames[methods[k]] ?? name) : name, colour)),
    ),
  };
}

/** Groups with the same name are the same group on every map. */
function inCommonGroups(maps: ScatterMap[]): ScatterMap[] {
  const groups = [...new Set(maps.flatMap((map) => map.groups))];
  return maps.map((map) => ({
    ...map,
    group: Array.from(map.group, (k) => (k in map.groups ? groups.indexOf(map.groups[k]) : k)),
    groups,
  }));
}

function mapOf(of: Artifact, label: string, colour: string | undefined): ScatterMap {
  const { points, dimension } = embeddingCoordinates(of);
  const { components: parts = 1 } = embeddingFacts(of);
  return {
    // The distance of unconnected parts has no meaning.
    label: parts > 1 ? `${label}, ${parts} unconnected parts` : label,
    coordinates: points,
    dimensions: dimension,
    epoch: numbers(of, "epoch"),
    trajectory: numbers(of, "trajectory"),
    ...coloursOf(of, colour),
  };
}

/** Integers with few values, such as batch sizes, are groups. */
const MOST_GROUPS = 6;

/**
 * The colours of points: a column of numbers, or groups, which are the values of a column of text or of few integers,
 * the labels or the trajectories.
 */
function coloursOf(of: Artifact, colour: string | undefined): Pick<ScatterMap, "loss" | "group" | "groups"> {
  const unknown = new Float64Array(rowCount(of)).fill(Number.NaN);
  const column = colour === undefined ? undefined : columnOf(of, colour);
  if (Array.isArray(column)) {
    const groups = [...new Set(column as string[])];
    return { loss: unknown, group: column.map((value) => groups.indexOf(value as string)), groups };
  }
  if (ArrayBuffer.isView(column) && colour !== "label" && colour !== "trajectory") {
    const values = Array.from(column as Float64Array);
    const distinct = [...new Set(values)].sort((a, b) => a - b);
    if (distinct.length <= MOST_GROUPS && distinct.every(Number.isInteger)) {
      const groups = distinct.map((value) => `${colour} ${value}`);
      return { loss: unknown, group: values.map((value) => distinct.indexOf(value)), groups };
    }
  }
  const { names = {} } = embeddingFacts(of);
  const byLabel = colour === undefined ? Object.hasOwn(of.columns, "label") : colour === "label";
  const isGroup = colour === "label" || colour === "trajectory";
  return {
    loss: isGroup ? unknown : numbers(of, colour ?? "loss"),
    // Points without a trajectory and class are one group.
    group: numbers(of, byLabel ? "label" : "trajectory").map((k) => Math.max(0, k)),
    groups: (byLabel ? names.classes : names.trajectories) ?? [],
  };
}

function columnOf(of: Artifact, name: string): Column {
  const column = of.columns[name];
  const isFlat = Array.isArray(column) || ArrayBuffer.isView(column);
  if (isFlat) return column;
  const known = Object.keys(of.columns).filter((each) => each !== "coordinates" && each !== "neighbors");
  throw new Error(`the embedding has no column "${name}" of numbers or text to colour by; it has ${known.join(", ")}`);
}
