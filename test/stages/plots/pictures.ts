/**
 * One small picture for every plot, from data by formula: the same numbers on every machine. Tests compare them with
 * what they were, and draw them in every size and theme.
 */
import { type Artifact, concatenate } from "../../../src/artifact/artifact.js";
import type { Dataset } from "../../../src/data/dataset.js";
import type { Architecture } from "../../../src/models/networks/architecture.js";
import { createModel } from "../../../src/models/networks/architecture.js";
import type { Point, Source, Stage } from "../../../src/stage.js";
import { barcodeArtifact } from "../../../stages/artifacts/barcode.js";
import { datasetArtifact } from "../../../stages/artifacts/dataset.js";
import { embeddingArtifact } from "../../../stages/artifacts/embedding.js";
import { gridArtifact } from "../../../stages/artifacts/grid.js";
import { pathsArtifact } from "../../../stages/artifacts/paths.js";
import { atCheckpoint, type SpectrumRows, spectrumArtifact } from "../../../stages/artifacts/spectrum.js";
import { tableArtifact } from "../../../stages/artifacts/table.js";
import { barcodeStage } from "../../../stages/barcode.js";
import { compareStage } from "../../../stages/compare.js";
import { mergeTreeStage } from "../../../stages/mergeTree.js";
import type { PlotName } from "../../../stages/plots/plotFacts.js";
import { profileStage } from "../../../stages/profile.js";
import { modelOf } from "../modelOnData.js";
import { runStage } from "../runStage.js";

/** What a figure stage gets: its inputs by port, and its parameters. */
export interface Picture {
  inputs: Record<string, Artifact | Source[]>;
  params: { plot: PlotName; [name: string]: unknown };
}

const axis = (count: number, reach = 1) =>
  Float64Array.from({ length: count }, (_, k) => ((2 * k) / (count - 1) - 1) * reach);

/** A grid of a polynomial, so that no machine rounds it otherwise. */
function polynomial(counts: number[], f: (...at: number[]) => number, reach = 1): Artifact {
  const axes = counts.map((count) => axis(count, reach));
  const loss = Float64Array.from({ length: counts.reduce((a, b) => a * b) }, (_, v) => {
    let rest = v;
    const at = axes.map((values) => {
      const value = values[rest % values.length];
      rest = Math.floor(rest / values.length);
      return value;
    });
    return f(...at);
  });
  const labels = counts.map((_, k) => `direction ${k + 1}`);
  return gridArtifact(loss, axes, { unit: "direction", labels, dtype: "f64" });
}

/** Himmelblau's function: four minima of loss 0, here a little above, tilted. */
const himmelblau = (tilt: number) => (x: number, y: number) =>
  (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2 + 1 + tilt * (x + 5);

const sourcesOf = (stage: string, all: readonly [Point, Artifact][]): Source[] =>
  all.map(([point, artifact]) => ({ stage, point, artifact: () => artifact }));

const over = async (stage: Stage, port: string, sources: Source[]): Promise<Source[]> =>
  sourcesOf(
    stage.name,
    await Promise.all(
      sources.map(async ({ point, artifact }): Promise<[Point, Artifact]> => {
        return [point, await runStage(stage, {}, { [port]: artifact() })];
      }),
    ),
  );

function spectrum(): Artifact {
  const position = [-2, -1, 0, 1, 2, 5, 10];
  const rows: SpectrumRows[] = [
    { quantity: "top", position: [1, 2, 3], value: [10, 5, 2], error: [0, 0, 0] },
    { quantity: "bottom", position: [1, 2], value: [-2, -1], error: [0, 0] },
    { quantity: "trace", position: [0], value: [25], error: [0.5] },
    {
      quantity: "density",
      position,
      value: [0.01, 0.05, 0.6, 0.2, 0.05, 0.01, 0.01],
      error: position.map(() => 0.004),
    },
  ];
  const estimates = rows.map(({ quantity }) => ({ block: "model", size: 20, quantity }));
  return spectrumArtifact("model", rows, { dtype: "f64", estimates });
}

const checkpoints = () =>
  concatenate(
    [4, 7, 9, 10].map((value, k) => {
      const rows = [{ quantity: "top", position: [1, 2], value: [value, value / 2], error: [0, 0] }];
      const estimates = [{ block: "model", size: 20, quantity: "top" }];
      return atCheckpoint(spectrumArtifact("model", rows, { dtype: "f64", estimates }), k, 10 * k, 8);
    }),
  );

const network: Architecture = { kind: "mlp", widths: [2, 3, 2], activation: "tanh" };

function trained(rate: number): Artifact {
  const problem = { kind: "supervised", loss: "cross-entropy", labelSmoothing: 0, weightPenalty: 0 } as const;
  const model = modelOf(network, problem, [new Float64Array(createModel(network).size)]);
  const epoch = [1, 2, 3, 4, 5, 6];
  const history = {
    epoch,
    trainLoss: epoch.map((k) => 1 / (1 + rate * k * k)),
    validationLoss: epoch.map((k) => 1.2 / (1 + rate * k)),
    trainAccuracy: epoch.map((k) => 1 - 0.5 / k),
    validationAccuracy: epoch.map((k) => 0.9 - 0.4 / k),
  };
  return { ...model, metadata: { ...model.metadata, history } };
}

const side = 8;

/** Images with a square in the middle, and the squares' pixels as labels. */
function squares(): Dataset {
  const count = 3;
  const isInside = (at: number, k: number) =>
    Math.abs((at % side) - 3.5) < k + 1.5 && Math.abs((Math.floor(at / side) % side) - 3.5) < k + 1.5;
  const inputs = Uint8Array.from({ length: count * 3 * side * side }, (_, at) => {
    const k = Math.floor(at / (3 * side * side));
    return isInside(at % (side * side), k) ? 220 - 60 * k : 30 + 8 * (at % side);
  });
  const targets = Int32Array.from({ length: count * side * side }, (_, at) =>
    isInside(at % (side * side), Math.floor(at / (side * side))) ? 0 : 1,
  );
  const shapes = { inputShape: [3, side, side], targetShape: [side, side] };
  return {
    task: "segmentation",
    ...shapes,
    classes: ["square", "ground"],
    inputs,
    targets,
    offset: [0],
    scale: [1 / 255],
  };
}

const points = () => {
  const inputs = Float64Array.from({ length: 60 }, (_, k) => ((k * 37) % 60) / 30 - 1);
  const targets = Int32Array.from({ length: 30 }, (_, k) => Number(inputs[2 * k] > inputs[2 * k + 1]));
  const shapes = { inputShape: [2], targetShape: [] };
  const dataset: Dataset = {
    ...{ task: "classification", ...shapes, classes: ["above", "below"], inputs, targets, offset: [0], scale: [1] },
  };
  return datasetArtifact(dataset, { name: "points" });
};

function segmented(): Artifact {
  const { inputs, targets, ...facts } = squares();
  const size = side * side;
  return tableArtifact(
    {
      input: { width: 3 * size, values: inputs },
      target: { width: size, values: targets as Int32Array },
      prediction: { width: size, values: Int32Array.from(targets, (label, at) => (at % 7 === 0 ? 1 - label : label)) },
    },
    { plot: "segmentation", segmentation: facts },
  );
}

function solved(): Artifact {
  const [x, t] = [axis(9), axis(5)];
  const every = (f: (x: number, t: number) => number) =>
    Float64Array.from({ length: 45 }, (_, v) => f(x[v % 9], t[Math.floor(v / 9)]));
  const u = every((a, b) => a * a - b * a);
  const exact = every((a, b) => a * a - b * a + 0.1 * b * b);
  return tableArtifact(
    { x: every((a) => a), t: every((_, b) => b), u, exact },
    { plot: "solution", solution: { variables: ["x", "t"], shape: [9, 5] }, errors: { relativeL2: 0.125 } },
  );
}

const judged = () =>
  tableArtifact(
    { loss: Float64Array.of(0.5) },
    {
      plot: "confusion",
      confusion: {
        classes: ["cat", "dog", "bird"],
        counts: [
          [18, 2, 0],
          [3, 15, 1],
          [0, 1, 20],
        ],
        unpredicted: [0, 1, 0],
      },
    },
  );

function mapped(): Artifact {
  const count = 24;
  const rows = Array.from({ length: count }, (_, k) => k);
  return embeddingArtifact(
    { width: 2, values: Float64Array.from(rows.flatMap((k) => [(k % 12) * (k < 12 ? 1 : -1), (k % 12) ** 2 / 12])) },
    {
      loss: Float64Array.from(rows, (k) => 100 / (1 + (k % 12)) ** 3),
      epoch: Float64Array.from(rows, (k) => k % 12),
      trajectory: Int32Array.from(rows, (k) => Math.floor(k / 12)),
      more: {},
    },
    {
      method: "phate",
      parameters: { method: "phate" },
      names: { trajectories: ["left", "right"] },
      quality: {},
      t: 4,
      entropy: [3, 2, 1.5, 1.25, 1.125, 1.0625, 1.03125],
    },
    {},
  );
}

function joined(): Artifact {
  const pairs = [
    [0, 1],
    [0, 2],
  ] as const;
  const rows = pairs.flatMap(([from, to], path) =>
    [0, 0.25, 0.5, 0.75, 1].map((position) => ({
      ...{ path, from, to, position, interpolant: 0 as const },
      loss: 0.1 + (1 + path) * position * (1 - position),
    })),
  );
  return pathsArtifact(rows, {
    minima: { weights: 9, label: ["seed=0", "seed=1", "seed=2"], loss: [0.1, 0.1, 0.1], stored: [0.1, 0.1, 0.1] },
    paths: pairs.map(([from, to], path) => ({
      ...{ from, to, barrier: 0.1 + (1 + path) / 4, barrierPosition: 0.5, converged: true },
    })),
  });
}

function escapes(): Artifact {
  const birth = Float64Array.of(0.1, 0.2, 0.3, 0.25, 0.5);
  const death = Float64Array.of(Infinity, 0.9, 0.5, 0.4, 0.55);
  const none = new Int32Array(5);
  return barcodeArtifact(
    {
      ...{ dimension: none, birth, death, birthVertex: Int32Array.of(0, 1, 2, 3, 4), deathVertex: none },
      length: death.map((end, k) => end - birth[k]),
      measure: Float64Array.of(0.2, 0.5, 0.4, 0.3, 0.35),
    },
    { range: [0.1, 0.9], relation: { measure: "error", related: 4, spearman: 0.8, pearson: 0.91 } },
    {},
  );
}

const table = () => {
  const beta = [1, 1, 1, 5, 5, 5, 10, 10, 10];
  return tableArtifact({
    beta: Float64Array.from(beta),
    seed: Float64Array.from(beta, (_, k) => k % 3),
    error: Float64Array.from(beta, (b, k) => b ** 2 / 100 + (k % 3) / 50),
    net: beta.map((_, k) => (k % 2 === 0 ? "narrow" : "wide")),
  });
};

const square = () =>
  tableArtifact({
    name: ["a", "b", "c"],
    a: Float64Array.of(1, 0.5, -0.2),
    b: Float64Array.of(0.5, 1, 0.1),
    c: Float64Array.of(-0.2, 0.1, Number.NaN),
  });

/** The pictures by name: that of the plot, or of the plot with what is special. */
export async function pictures(): Promise<Record<string, Picture>> {
  const plane = polynomial([21, 21], himmelblau(0.5), 5);
  const grids = sourcesOf(
    "grid",
    [0, 1].flatMap((seed) =>
      [1, 10].map((beta): [Point, Artifact] => [
        { beta, seed },
        polynomial([13, 13], himmelblau(beta * (1 + seed)), 5),
      ]),
    ),
  );
  const trees = await over(mergeTreeStage, "grid", grids);
  const [bars, profiles] = await Promise.all([over(barcodeStage, "tree", trees), over(profileStage, "tree", trees)]);
  const distances = await runStage(compareStage, {}, { of: bars });
  const lines = polynomial([41], (x) => (x * x - 0.5) ** 2 + 0.1 * x + 0.2);
  const box = polynomial([11, 11, 11], (x, y, z) => (x * x - 0.3) ** 2 + y * y + (z - 0.5 * x) ** 2 + 0.01);
  const facet = { row: "seed", column: "beta" };
  const numbers = { x: "beta", y: "error" };
  const one = (plot: PlotName, input: Artifact, more: object = {}): Picture => {
    return { inputs: { input }, params: { plot, ...more } };
  };
  const many = (plot: PlotName, input: Source[], more: object = {}): Picture => {
    return { inputs: { input }, params: { plot, facet, ...more } };
  };
  const histories = sourcesOf("model", [
    [{ rate: 1 }, trained(1)],
    [{ rate: 10 }, trained(10)],
  ]);
  return {
    contour: one("contour", plane, { colours: "viridis", lossScale: "log" }),
    curve: one("curve", lines),
    surface: one("surface", plane, { lossScale: "log" }),
    slices: one("slices", box),
    isosurface: one("isosurface", box, { levels: [0.1] }),
    tree: one("tree", trees[0].artifact()),
    barcode: one("barcode", bars[0].artifact()),
    diagram: one("diagram", bars[0].artifact()),
    profile: one("profile", profiles[0].artifact()),
    comparison: one("comparison", distances),
    sharpening: one("sharpening", checkpoints()),
    density: one("density", spectrum()),
    spectrum: one("spectrum", spectrum()),
    samples: one("samples", points()),
    curves: one("curves", trained(1)),
    confusion: one("confusion", judged()),
    solution: one("solution", solved()),
    scatter: one("scatter", mapped()),
    entropy: one("entropy", mapped()),
    segmentation: one("segmentation", segmented()),
    paths: one("paths", joined()),
    lines: one("lines", table(), { ...numbers, over: "seed", correlation: "spearman" }),
    bars: one("bars", table(), { ...numbers, over: "seed", band: "confidence" }),
    distribution: one("distribution", table(), { ...numbers, marks: "box" }),
    heatmap: one("heatmap", table(), { x: "beta", y: "seed", column: "error" }),
    matrix: one("matrix", square()),
    relation: one("relation", escapes()),
    "contour facets": many("contour", grids),
    "tree facets": many("tree", trees),
    "barcode facets": many("barcode", bars),
    "diagram facets": many("diagram", bars),
    "profile facets": many("profile", profiles, { across: "fraction" }),
    "curves facets": many("curves", histories, { facet: { column: "rate" } }),
    "lines columns": one("lines", table(), { x: "beta", y: ["error", "seed"] }),
  };
}
