import { type Artifact, type ArtifactKind, artifact, numbers } from "../src/artifact.js";
import { barcode } from "../src/figures/barcode.js";
import { type ContourPath, contour } from "../src/figures/contour.js";
import { density } from "../src/figures/density.js";
import { mergeTree } from "../src/figures/mergeTree.js";
import { profile } from "../src/figures/profile.js";
import { renderPng, renderSvg } from "../src/figures/render.js";
import type { Spec } from "../src/figures/theme.js";
import type { Stage } from "../src/stage.js";

type Plot = "contour" | "tree" | "barcode" | "profile" | "density";

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
  profile: "profile",
  density: "spectrum",
};

const captions: Partial<Record<ArtifactKind, string>> = {
  grid: "The loss around the trained model, along two directions.",
  tree: "Where basins begin (minima) and join (saddles) as the loss rises.",
  barcode: "One bar a basin, from its minimum to the saddle where a deeper basin takes it over.",
  profile: "Nested basins: as wide as the number of samples below each loss.",
  spectrum: "How the eigenvalues of the Hessian are distributed.",
};

export const figureStage: Stage<Params> = {
  name: "figure",
  version: 2,
  inputs: { "*": { kinds: Object.values(drawnKinds) }, path: { kinds: ["points"], optional: true } },
  output: "figure",
  adapter: (title) => ({ title }),
  async run({ params, ports, input }) {
    const artifacts = ports.filter((port) => port !== "path").map(input);
    const wanted = artifacts.find(({ kind }) => params.plot === undefined || kind === drawnKinds[params.plot]);
    if (wanted === undefined) {
      const given =
        artifacts.length > 0 ? `it is given a ${artifacts.map(({ kind }) => kind).join(", ")}` : "it is given none";
      const kinds = params.plot ? drawnKinds[params.plot] : Object.values(drawnKinds).join(", ");
      throw new Error(`a figure${params.plot ? ` with plot: ${params.plot}` : ""} draws a ${kinds}; ${given}`);
    }
    const path = ports.includes("path") ? input("path") : undefined;
    if (path && wanted.kind !== "grid")
      throw new Error(`a path is drawn over a grid; this figure draws a ${wanted.kind}`);
    const spec = specOf(wanted, params.title, path);
    const svg = await renderSvg(spec);
    const png = await renderPng(svg, { scale: params.pixelRatio });
    const metadata = { title: params.title, caption: captionOf(wanted) };
    return artifact("figure", { spec: [JSON.stringify(spec)], svg: [svg], png: [png] }, metadata);
  },
};

function captionOf({ kind, metadata }: Artifact): string | undefined {
  if (kind === "grid" && metadata.center === null) return "The loss along two axes.";
  return captions[kind];
}

function specOf(of: Artifact, title: string, path?: Artifact): Spec {
  switch (of.kind) {
    case "grid":
      return contourOf(of, title, path);
    case "tree":
      return mergeTree({
        title,
        value: numbers(of, "value"),
        parent: of.columns.parent as Int32Array,
      });
    case "barcode":
      return barcode({
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
    case "spectrum":
      return densityOf(of, title);
    default:
      throw new Error(`no plot draws a ${of.kind}`);
  }
}

function contourOf(grid: Artifact, title: string, path?: Artifact): Spec {
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
    center: grid.metadata.center as null | undefined,
    paths: path && pathsOf(path, grid),
  });
}

/** The rows of a projection, one path a model. Throws where its coordinates are not those of the grid. */
function pathsOf(path: Artifact, grid: Artifact): ContourPath[] {
  for (const [fact, words] of [
    ["labels", "directions"],
    ["unit", "unit"],
  ]) {
    const [found, expected] = [path, grid].map(({ metadata }) => JSON.stringify(metadata[fact]));
    if (found !== expected) {
      throw new Error(`the path's coordinates have the ${words} ${found}, the grid's ${expected}; expected the same`);
    }
  }
  const models = path.columns.model as string[] | undefined;
  if (models === undefined) throw new Error(`the path has no column "model"; expected the output of a stage project`);
  return [...new Set(models)].map((label) => {
    const own = (name: string) => numbers(path, name).filter((_, row) => models[row] === label);
    return { label, x: own("a1"), y: own("a2") };
  });
}

/** One panel for each block that has a density. */
function densityOf(spectrum: Artifact, title: string): Spec {
  const estimates = spectrum.metadata.estimates as {
    block: string;
    size: number;
    quantity: string;
    threshold?: number;
  }[];
  const densities = estimates.filter(({ quantity }) => quantity === "density");
  if (densities.length === 0) throw new Error("a density figure draws a spectrum with a density; this one has none");
  const [block, quantity] = [spectrum.columns.block, spectrum.columns.quantity] as string[][];
  const all = {
    position: numbers(spectrum, "position"),
    value: numbers(spectrum, "value"),
    error: numbers(spectrum, "error"),
  };
  const rowsOf = (name: string, wanted: string) => {
    const keep = (_: number, row: number) => block[row] === name && quantity[row] === wanted;
    return { position: all.position.filter(keep), value: all.value.filter(keep), error: all.error.filter(keep) };
  };
  const blocks = densities.map(({ block: name, size }) => {
    const { position, value, error } = rowsOf(name, "density");
    const trace = rowsOf(name, "trace");
    return {
      name,
      size,
      position,
      density: value,
      error,
      top: rowsOf(name, "top").value,
      bottom: rowsOf(name, "bottom").value,
      ...(trace.value.length > 0 && { trace: { value: trace.value[0], error: trace.error[0] } }),
    };
  });
  return density({ title, blocks, threshold: densities[0].threshold });
}
