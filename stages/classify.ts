import { artifactKinds } from "../src/artifact/artifact.js";
import { pointLabel } from "../src/pipeline/matrix.js";
import type { Scalar, Source, Stage } from "../src/stage.js";
import { type Assessment, assess, type Labelled, nearestNeighborVote } from "../src/statistics/classification.js";
import { quantileClasses } from "../src/statistics/describe.js";
import { tableArtifact } from "./artifacts/table.js";
import { columnNamed, columnsEnding } from "./inputs/columnNamed.js";
import { axesAhead, columnFault, rowsAhead } from "./inputs/columnsAhead.js";
import { columnsOf, extendsPoint, onePerPoint, type PointRow } from "./inputs/onePerPoint.js";

interface Target {
  of: string;
  name?: string;
  quantiles?: number;
}

interface Params {
  targets: Target[];
  neighbors: number;
  folds: number;
  repeats: number;
  permutations: number;
  seed: number;
}

interface Row extends Assessment {
  features: string;
  target: string;
  networks: number;
  classes: number;
  featureCount: number;
}

const described = artifactKinds.filter((kind) => kind !== "figure" && kind !== "report");

export const classifyStage: Stage<Params> = {
  name: "classify",
  version: 2,
  inputs: { labels: { kinds: described, many: true, optional: true }, "*": { kinds: described, many: true } },
  output: "table",
  fanIn: true,
  outlook: () => ({ columns: ["features", "target", ...measures] }),
  checkInputs({ targets }, { labels = [], ...sets }) {
    if (Object.keys(sets).length === 0) {
      const message = "there are no features; connect a table of features to a port named after the set";
      return [{ path: ["from"], part: "key", message, lacksInput: true }];
    }
    const known = rowsAhead(labels);
    const axes = axesAhead(Object.values(sets).flat());
    return targets.flatMap(({ of }, i) => {
      if (known === undefined || axes.includes(of)) return [];
      const fault = columnFault([...axes, ...known.columns], of);
      return fault === undefined ? [] : [{ path: ["with", "targets", i, "of"], message: `targets[${i}].of ${fault}` }];
    });
  },
  async run({ params, ports, sources, progress }) {
    const sets = ports.filter((port) => port !== "labels");
    if (sets.length === 0)
      throw new Error("there are no features; connect a table of features to a port named after the set");
    const labels = ports.includes("labels") ? networksOf("labels", sources("labels")).networks : [];
    const rows: Row[] = [];
    const warnings: string[] = [];
    for (const [i, set] of sets.entries()) {
      const { networks, failed } = networksOf(set, sources(set));
      const { names, left } = usable(set, networks);
      warnings.push(...failed, ...left);
      for (const [k, target] of params.targets.entries()) {
        const things = labelled(networks, names, target, labels);
        requireEnough(things, target, set);
        const done = (fraction: number) =>
          progress((i + (k + fraction) / params.targets.length) / sets.length, `${set}, ${target.name ?? target.of}`);
        const found = assess(things, nearestNeighborVote(params.neighbors), params, done);
        const classes = new Set(things.labels).size;
        const unlabelled = networks.length - things.labels.length;
        if (unlabelled > 0) warnings.push(`${set}: ${unlabelled} networks without "${target.of}" are left out`);
        const size = { networks: things.labels.length, classes, featureCount: names.length };
        rows.push({ features: set, target: target.name ?? target.of, ...found, ...size });
      }
    }
    const best = rows.reduce((a, b) => (b.accuracy - b.chance > a.accuracy - a.chance ? b : a));
    return tableArtifact(
      {
        features: rows.map(({ features }) => features),
        target: rows.map(({ target }) => target),
        ...Object.fromEntries(measures.map((name) => [name, Float64Array.from(rows, (row) => row[name])])),
      },
      { ...params, classifier: `vote of the ${params.neighbors} nearest neighbours, standardized features`, warnings },
      {
        best: `${best.target} from ${best.features}`,
        accuracy: best.accuracy,
        chance: best.chance,
        ...(warnings.length > 0 && { warning: warnings.join("; ") }),
      },
    );
  },
};

const measures = [
  ...(["accuracy", "standardError", "chance", "majority", "shuffledMean", "shuffledDeviation", "pValue"] as const),
  ...(["networks", "classes", "featureCount"] as const),
];

/** One network per matrix point. Networks for which a stage failed are left out. */
function networksOf(port: string, sources: Source[]): { networks: PointRow[]; failed: string[] } {
  const all = onePerPoint(sources);
  const networks = all.filter(({ failure }) => failure === "");
  const points = networks.map(({ point }) => pointLabel(point));
  const twice = points.find((point, i) => points.indexOf(point) !== i);
  if (twice !== undefined) {
    throw new Error(
      `${port} has several rows for the matrix point "${twice}"; expected one row of features per network, like the output of features`,
    );
  }
  const failed = all.length - networks.length;
  return {
    networks,
    failed: failed > 0 ? [`${port}: ${failed} of ${all.length} networks failed and are left out`] : [],
  };
}

/** The columns with finite numbers for all networks. */
function usable(set: string, networks: PointRow[]): { names: string[]; left: string[] } {
  const all = columnsOf(networks);
  const areNumbers = (name: string) => networks.every(({ row }) => typeof row[name] === "number");
  const areFinite = (name: string) => networks.every(({ row }) => Number.isFinite(row[name]));
  const names = all.filter(areFinite);
  if (names.length === 0) throw new Error(`${set} has no feature that is a finite number for every network`);
  const unused = all.filter((name) => areNumbers(name) && !areFinite(name));
  return {
    names,
    left: unused.length > 0 ? [`${set}: left out ${unused.join(", ")}, not finite for all networks`] : [],
  };
}

/**
 * Feature vectors and classes. The target, a matrix axis or a column at port `labels`, gives the classes; networks
 * without one are left out.
 */
function labelled(networks: PointRow[], names: string[], { of, quantiles }: Target, labels: PointRow[]): Labelled {
  const known = columnsOf(labels);
  const column =
    known.includes(of) || columnsEnding(known, of).length === 0 ? of : columnNamed(known, of, "targets.of");
  const all = networks.map(({ point, row }) => {
    const label = labels.find((candidate) => extendsPoint(point, candidate.point));
    return { row, cell: Object.hasOwn(point, of) ? point[of] : label?.row[column] };
  });
  const told = all.filter(({ cell }) => cell !== undefined && !Number.isNaN(cell));
  if (told.length === 0) {
    const axes = [...new Set(networks.flatMap(({ point }) => Object.keys(point)))];
    const text = (found: string[]) => found.join(", ") || "nothing";
    throw new Error(`no network has "${of}"; the matrix has ${text(axes)}, the port labels ${text(known)}`);
  }
  const features = told.map(({ row }) => Float64Array.from(names, (name) => row[name] as number));
  const cells = told.map(({ cell }) => cell as Scalar);
  if (quantiles === undefined) {
    const distinct = [...new Set(cells)];
    return { features, labels: Int32Array.from(cells, (cell) => distinct.indexOf(cell)) };
  }
  const text = cells.find((cell) => typeof cell !== "number");
  if (text !== undefined) throw new Error(`"${of}" has the value "${text}"; quantiles need numbers`);
  return { features, labels: quantileClasses(Float64Array.from(cells as number[]), quantiles) };
}

function requireEnough({ labels }: Labelled, { of }: Target, set: string): void {
  const counts = [...new Set(labels)].map((label) => labels.filter((other) => other === label).length);
  if (counts.length < 2) throw new Error(`all networks of ${set} have one class of "${of}"; expected at least two`);
  if (Math.min(...counts) < 2) {
    throw new Error(
      `a class of "${of}" has one network of ${set}; expected at least two in each of ${counts.length} classes; a number with many values needs quantiles`,
    );
  }
}
