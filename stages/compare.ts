import type { Artifact, Column } from "../src/artifact/artifact.js";
import { classicalMds } from "../src/embedding/classicalMds.js";
import { pointLabel } from "../src/pipeline/matrix.js";
import type { Outlook, Source, Stage } from "../src/stage.js";
import { listed, withArticle } from "../src/text/words.js";
import { bottleneckDistance } from "../src/topology/bottleneck.js";
import type { Diagram, Norm } from "../src/topology/diagram.js";
import type { MergeTreeNodes } from "../src/topology/mergeTree.js";
import { mergeTreeDistance } from "../src/topology/mergeTreeDistance.js";
import { persistencePairs } from "../src/topology/persistence.js";
import { wassersteinDistance } from "../src/topology/wasserstein.js";
import { barcodeFacts, barsOf } from "./artifacts/barcode.js";
import { FAILURE, tableArtifact } from "./artifacts/table.js";
import { treeFacts, treeOf } from "./artifacts/tree.js";
import { cellColumn } from "./inputs/cellColumn.js";
import { axesAhead } from "./inputs/columnsAhead.js";
import { stepName } from "./inputs/stepName.js";

interface Params {
  distance: "bottleneck" | "wasserstein" | "merge-tree";
  p: number;
  norm: Norm;
  dimension: number;
  normalize: boolean;
}

type Measure = (i: number, j: number) => number;

export const compareStage: Stage<Params> = {
  name: "compare",
  version: 3,
  inputs: { of: { kinds: ["barcode", "tree"], many: true } },
  output: "table",
  fanIn: true,
  drawn: true,
  outlook(_, { of }) {
    const axes = axesAhead(of);
    // A column of distances is called by a matrix point, or with several stages by a step.
    const labels =
      of.length === 1 && axes.length > 0 ? axes.map((axis) => `${axis}=*`) : of.map(({ stage }) => `${stage}*`);
    return { columns: ["stage", ...axes, "x1", "x2", ...labels, FAILURE] };
  },
  check({ distance, dimension, p, norm }) {
    if (distance === "bottleneck") {
      const given = Object.entries({ p, norm }).filter(([, value]) => value !== 2);
      return given.map(([name]) => ({
        path: [name],
        message: "is for wasserstein and merge-tree; bottleneck has none",
      }));
    }
    if (distance !== "merge-tree" || dimension === 0) return [];
    return [{ path: ["dimension"], message: `is ${dimension}; merge trees only have dimension 0` }];
  },
  checkInputs({ distance }, { of }) {
    const twice = columnTwice(of);
    const messages = [...(twice === undefined ? [] : [messageOfTwice(twice)]), ...misfits(distance, of)];
    return messages.map((message) => ({ path: ["from", "of"], message }));
  },
  async run({ params, sources, progress }) {
    const all = sources("of");
    const compared = all.filter(({ error }) => error === undefined);
    if (compared.length === 0) throw new Error(`nothing to compare: ${all.map(stepName).join(", ")} failed`);
    const n = compared.length;
    const measure = measureOf(params, compared);
    const distances = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      progress(i / n, `${params.distance} distances`);
      for (let j = 0; j < i; j++) distances[i * n + j] = distances[j * n + i] = measure(i, j);
    }
    // Points at an infinite distance do not fit on one map.
    const map = distances.every(Number.isFinite) ? classicalMds(distances, n) : undefined;

    const order = new Map(compared.map((source, i) => [source, i]));
    const column = (value: (i: number) => number) =>
      Float64Array.from(all, (source) => (order.has(source) ? value(order.get(source) as number) : Number.NaN));
    const labels = compared.map(nameOf);
    const axes = [...new Set(all.flatMap(({ point }) => Object.keys(point)))];
    const severalStages = new Set(all.map(({ stage }) => stage)).size > 1;
    const columns: [string, Column][] = [
      ...(severalStages || axes.length === 0 ? [["stage", all.map(({ stage }) => stage)] as [string, Column]] : []),
      ...axes.map((axis): [string, Column] => [axis, cellColumn(all.map(({ point }) => point[axis]))]),
      ["x1", column((i) => map?.coordinates[2 * i] ?? Number.NaN)],
      ["x2", column((i) => map?.coordinates[2 * i + 1] ?? Number.NaN)],
      ...labels.map((label, j): [string, Column] => [label, column((i) => distances[i * n + j])]),
      ...(n < all.length ? [[FAILURE, all.map(({ error }) => error ?? "")] as [string, Column]] : []),
    ];
    const names = columns.map(([name]) => name);
    const twice = names.find((name, k) => names.indexOf(name) < k);
    if (twice !== undefined) throw new Error(messageOfTwice(twice));
    const { eigenvalues, explained = Number.NaN, stress = Number.NaN } = map ?? {};
    return tableArtifact(
      Object.fromEntries(columns),
      { plot: "comparison", ...params, labels, axes, eigenvalues: Array.from(eigenvalues ?? []), explained, stress },
      { points: n, largest: distances.reduce((x, y) => Math.max(x, y), 0), explained, stress },
    );
  },
};

/** The distance between item i and item j. Each item is loaded once. */
function measureOf({ distance, p, norm, dimension, normalize }: Params, compared: Source[]): Measure {
  const artifacts = compared.map((source) => source.artifact());
  const scaled = (i: number, of: Diagram["birth"]) => (normalize ? inRange(of, artifacts[i], compared[i]) : of);
  refuseMixedDirections(artifacts, compared);
  if (distance === "merge-tree") {
    const trees = artifacts.map((of, i): MergeTreeNodes => {
      if (of.kind !== "tree") {
        throw new Error(
          `a merge-tree distance compares trees; ${stepName(compared[i])} is ${withArticle(of.kind)}; connect its tree instead`,
        );
      }
      const { tree } = treeOf(of);
      return { ...tree, value: scaled(i, tree.value) };
    });
    return (i, j) => mergeTreeDistance(trees[i], trees[j], { p, norm });
  }
  const dimensions = new Set<number>();
  const diagrams = artifacts.map((of, i): Diagram => {
    const all = of.kind === "tree" ? persistencePairs(treeOf(of).tree) : barsOf(of);
    const dimensionOf = of.kind === "tree" ? new Int32Array(all.birth.length) : (of.columns.dimension as Int32Array);
    for (const d of dimensionOf) dimensions.add(d);
    const wanted = (_: number, bar: number) => dimensionOf[bar] === dimension;
    return { birth: scaled(i, all.birth.filter(wanted)), death: scaled(i, all.death.filter(wanted)) };
  });
  if (dimensions.size > 0 && !dimensions.has(dimension)) {
    const found = listed([...dimensions].sort((a, b) => a - b).map(String));
    throw new Error(`no compared barcode has bars of dimension ${dimension}; they have dimension ${found}`);
  }
  return distance === "bottleneck"
    ? (i, j) => bottleneckDistance(diagrams[i], diagrams[j])
    : (i, j) => wassersteinDistance(diagrams[i], diagrams[j], { p, norm });
}

/** Values as fractions of the range of the landscape's finite losses. On a constant landscape they are 0. */
function inRange(values: Float64Array, of: Artifact, source: Source): Float64Array {
  const [low, high] = rangeOf(of);
  if (low === undefined || high === undefined) {
    throw new Error(`${stepName(source)} does not state the range of its losses; set normalize: false`);
  }
  // A landscape without a finite loss has no range.
  return Number.isNaN(low) ? values : values.map((value) => (value - low) / (high - low || 1));
}

/** The lowest and highest finite loss, if the artifact states them. */
function rangeOf(of: Artifact): readonly (number | undefined)[] {
  if (of.kind !== "tree") return barcodeFacts(of).range ?? [];
  const { minimum, maximum } = treeFacts(of);
  return [minimum, maximum];
}

function refuseMixedDirections(artifacts: Artifact[], compared: Source[]): void {
  const directions = artifacts.map((of, k) => {
    if (of.kind === "tree") return treeFacts(of).direction;
    const { birth, death } = barsOf(of);
    const up = birth.findIndex((b, i) => b < death[i]);
    const down = birth.findIndex((b, i) => b > death[i]);
    if (up >= 0 && down >= 0) {
      throw new Error(
        `${stepName(compared[k])} has bars of both directions: row ${up} dies above its birth, row ${down}, ` +
          `[${birth[down]}, ${death[down]}], below it; expected the bars of one sweep, all in one direction`,
      );
    }
    return up >= 0 ? "sublevel" : down >= 0 ? "superlevel" : undefined;
  });
  const first = directions.findIndex((direction) => direction !== undefined);
  const other = directions.findIndex((direction) => direction !== undefined && direction !== directions[first]);
  if (other < 0) return;
  throw new Error(
    `${stepName(compared[first])} is of direction ${directions[first]}, ${stepName(compared[other])} of ${directions[other]}; expected one direction`,
  );
}

/** Inputs that have no distance of this kind, or are not of one direction. */
function misfits(distance: Params["distance"], of: readonly Outlook[]): string[] {
  const bars = of.find(({ kind }) => kind === "barcode");
  if (distance === "merge-tree" && bars !== undefined) {
    return [`a merge-tree distance compares trees; ${bars.stage} is a barcode; connect its tree instead`];
  }
  const known = of.filter(({ sweep }) => sweep !== undefined);
  const other = known.find(({ sweep }) => sweep !== known[0].sweep);
  if (other === undefined) return [];
  return [
    `${known[0].stage} is of direction ${known[0].sweep}, ${other.stage} of ${other.sweep}; expected one direction`,
  ];
}

const messageOfTwice = (name: string) =>
  `two columns of the comparison would be called "${name}"; rename that stage or matrix axis`;

/** The name that a stage or an axis shares with another column of the comparison. */
function columnTwice(of: readonly Outlook[]): string | undefined {
  const axes = axesAhead(of);
  const labels = of.length > 1 || axes.length === 0 ? of.filter((each) => each.axes.length === 0) : [];
  const stages = of.length > 1 || axes.length === 0 ? ["stage"] : [];
  const names = [...stages, ...axes, "x1", "x2", FAILURE, ...labels.map(({ stage }) => stage)];
  return names.find((name, k) => names.indexOf(name) < k);
}

/** The matrix point. The step when there is no matrix, or when there are several stages. */
function nameOf(source: Source, _: number, sources: readonly Source[]): string {
  const severalStages = sources.some(({ stage }) => stage !== source.stage);
  return severalStages ? stepName(source) : pointLabel(source.point) || source.stage;
}
