import { type Artifact, type ArtifactKind, artifact, numbers } from "../src/artifact.js";
import { barcode } from "../src/figures/barcode.js";
import { comparison } from "../src/figures/comparison.js";
import { contour } from "../src/figures/contour.js";
import { diagram } from "../src/figures/diagram.js";
import { mergeTree } from "../src/figures/mergeTree.js";
import { profile } from "../src/figures/profile.js";
import { renderPng, renderSvg } from "../src/figures/render.js";
import type { Spec } from "../src/figures/theme.js";
import type { Stage } from "../src/stage.js";

type Plot = "contour" | "tree" | "barcode" | "diagram" | "profile" | "comparison";

interface Params {
  plot?: Plot;
  title: string;
  pixelRatio: number;
}

/** Which kind of artifact each plot draws. */
const drawnKinds: Record<Plot, ArtifactKind> = {
  contour: "grid",
  tree: "tree",
  barcode: "barcode",
  diagram: "barcode",
  profile: "profile",
  comparison: "table",
};

const captions: Partial<Record<ArtifactKind, string>> = {
  grid: "The loss around the trained model, along two directions.",
  tree: "Where basins begin (minima) and join (saddles) as the loss rises.",
  barcode: "One bar a basin, from its minimum to the saddle where a deeper basin takes it over.",
  profile: "Nested basins: as wide as the number of samples below each loss.",
  table: "How far apart the landscapes are, and a map on which they lie about that far apart.",
};

export const figureStage: Stage<Params> = {
  name: "figure",
  version: 1,
  inputs: { "*": { kinds: [...new Set(Object.values(drawnKinds))] } },
  output: "figure",
  adapter: (title) => ({ title }),
  async run({ params, ports, input }) {
    const artifacts = ports.map(input);
    const wanted = artifacts.find((of) =>
      params.plot === undefined ? drawn(of) : of.kind === drawnKinds[params.plot],
    );
    if (wanted === undefined) {
      const given =
        artifacts.length > 0 ? `it is given a ${artifacts.map(({ kind }) => kind).join(", ")}` : "it is given none";
      const kinds = params.plot ? drawnKinds[params.plot] : Object.values(drawnKinds).join(", ");
      throw new Error(`a figure${params.plot ? ` with plot: ${params.plot}` : ""} draws a ${kinds}; ${given}`);
    }
    const spec = specOf(wanted, params);
    const svg = await renderSvg(spec);
    const png = await renderPng(svg, { scale: params.pixelRatio });
    const metadata = { title: params.title, caption: captions[wanted.kind] };
    return artifact("figure", { spec: [JSON.stringify(spec)], svg: [svg], png: [png] }, metadata);
  },
};

/** A table is drawn where its stage says how. */
function drawn({ kind, metadata }: Artifact): boolean {
  return kind !== "table" || metadata.plot === "comparison";
}

function specOf(of: Artifact, { plot, title }: Params): Spec {
  switch (of.kind) {
    case "grid":
      return contourOf(of, title);
    case "tree":
      return mergeTree({
        title,
        value: numbers(of, "value"),
        parent: of.columns.parent as Int32Array,
      });
    case "table":
      return comparisonOf(of, title);
    case "barcode":
      return (plot === "diagram" ? diagram : barcode)({
        title,
        dimension: of.columns.dimension as Int32Array,
        birth: numbers(of, "birth"),
        death: numbers(of, "death"),
        lossRange: of.metadata.range as [number, number],
      });
    case "profile":
      return profile({
        title,
        basin: of.columns.basin as Int32Array,
        value: numbers(of, "value"),
        left: numbers(of, "left"),
        right: numbers(of, "right"),
        meanLoss: numbers(of, "meanLoss"),
        dots: of.metadata.dots as { x: number[]; value: number[]; type: string[] },
      });
    default:
      throw new Error(`no plot draws a ${of.kind}`);
  }
}

function contourOf(grid: Artifact, title: string): Spec {
  const shape = grid.metadata.shape as number[];
  const labels = grid.metadata.labels as string[];
  if (shape.length !== 2) {
    throw new Error(`a contour figure draws a grid with 2 axes; this one has ${shape.length} (${shape.join(" × ")})`);
  }
  const [nx, ny] = shape;
  const a1 = numbers(grid, "a1");
  const a2 = numbers(grid, "a2");
  return contour({
    title,
    x: a1.slice(0, nx),
    y: Float64Array.from({ length: ny }, (_, j) => a2[j * nx]),
    loss: numbers(grid, "loss"),
    xLabel: labels[0],
    yLabel: labels[1],
  });
}

const distanceNames: Record<string, string> = {
  bottleneck: "bottleneck distance",
  wasserstein: "Wasserstein distance",
  "merge-tree": "merge-tree distance",
};

function comparisonOf(table: Artifact, title: string): Spec {
  if (!drawn(table))
    throw new Error("plot: comparison draws the table of a compare stage; this table has no distances");
  const { labels, axes, distance, explained } = table.metadata as Record<"labels" | "axes", string[]> & {
    distance: string;
    explained: number;
  };
  const columns = labels.map((label) => numbers(table, label));
  // Points that failed have rows without distances.
  const failed = table.columns.error as string[] | undefined;
  const rows = Array.from(table.columns.x1 as Float64Array, (_, row) => row).filter((row) => !failed?.[row]);
  const place = (name: string) => Float64Array.from(rows, (row) => numbers(table, name)[row]);
  const words = (axis: string, row: number) => String((table.columns[axis] as ArrayLike<string | number>)[row]);
  const wordsOf = (names: string[], row: number) => names.map((axis) => words(axis, row)).join(", ");
  const stages = table.columns.stage === undefined ? [] : ["stage"];
  const naming = [...stages, ...axes];
  return comparison({
    title,
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
