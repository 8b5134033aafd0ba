import { type Artifact, numbers, rowCount, type Summary } from "../src/artifact/artifact.js";
import { pearson } from "../src/linalg/pearson.js";
import { spearman } from "../src/linalg/spearman.js";
import type { Stage } from "../src/stage.js";
import { lossBarcode, obstructionScores, type Segments } from "../src/topology/lossBarcode.js";
import { barcodeArtifact } from "./artifacts/barcode.js";
import { pathsFacts } from "./artifacts/paths.js";
import { columnNamed } from "./inputs/columnNamed.js";
import { faultOfColumn } from "./inputs/columnsAhead.js";

interface Params {
  rule: "direct" | "minimax";
  score: "mean" | "sum" | "max" | "norm";
  power: number;
  measure: string;
}

const rules = ["direct", "minimax"] as const;

const caption =
  "One segment a minimum, from its loss to the lowest barrier on the way to a deeper one; the deepest never ends.";

export const lossBarcodeStage: Stage<Params> = {
  name: "loss-barcode",
  version: 1,
  inputs: { paths: { kinds: ["paths"] }, evaluation: { kinds: ["table"], optional: true } },
  output: "barcode",
  outlook: (_, { evaluation }) => ({
    ...(evaluation === undefined && { undrawn: { relation: 'has no table at its port "evaluation"' } }),
    columns: [
      ...[
        "dimension",
        "birth",
        "death",
        "birthVertex",
        "deathVertex",
        "label",
        "length",
        "escapeTo",
        "path",
        "position",
      ],
      ...rules.flatMap((rule) => [`${rule}Death`, `${rule}EscapeTo`, `${rule}Path`]),
      "measure",
    ],
    headlines: [
      ...["minima", "segments", "toScore", "toScoreSum", "toScoreMean", "toScoreMax", "toScoreNorm"],
      ...rules.map((rule) => `${rule}ToScore`),
      ...["measure", "related", "spearman", "pearson", "unconnected", "clampedPaths"],
    ],
  }),
  checkInputs({ measure }, { evaluation }) {
    if (evaluation !== undefined) return faultOfColumn(evaluation[0].columns, measure, ["measure"]);
    const message = `measure is ${measure}, a column of the port "evaluation"; connect a table, or leave it out`;
    return measure === "loss" ? [] : [{ path: ["with", "measure"], message, lacksInput: true }];
  },
  async run({ params, input, ports }) {
    const points = input("paths");
    const { label, minima, paths } = pathsFacts(points);
    const loss = Float64Array.from(minima.loss);
    const found = lossBarcode(loss, paths);
    const lengths = { direct: lengthsFrom(loss, found.direct), minimax: lengthsFrom(loss, found.minimax) };
    const own = found[params.rule];
    const order = longestFirst(lengths[params.rule], found.order);
    const [lowest] = found.order;
    const unconnected = Array.from(order).filter((minimum) => minimum !== lowest && own.path[minimum] < 0);
    const tops = topRows(points);
    const scores = rules.map((rule) => [rule, obstructionScores(lengths[rule], params.power)] as const);
    const of = Object.fromEntries(scores);
    const related = ports.includes("evaluation")
      ? relation(lengths[params.rule], minima.label, input("evaluation"), params.measure)
      : undefined;

    const column = (values: ArrayLike<number>) => Float64Array.from(order, (minimum) => values[minimum]);
    const whole = (values: ArrayLike<number>) => Int32Array.from(order, (minimum) => values[minimum]);
    const ofRules = rules.flatMap((rule) => [
      [`${rule}Death`, column(found[rule].death)] as const,
      [`${rule}EscapeTo`, whole(found[rule].escapeTo)] as const,
      [`${rule}Path`, whole(found[rule].path)] as const,
    ]);
    const ends = Array.from(own.death).filter(Number.isFinite);
    const finite = Array.from(loss).filter(Number.isFinite);
    return barcodeArtifact(
      {
        dimension: new Int32Array(order.length),
        birth: column(loss),
        death: column(own.death),
        birthVertex: order,
        deathVertex: Int32Array.from(order, (minimum) => (own.path[minimum] < 0 ? -1 : tops[own.path[minimum]])),
        label: Array.from(order, (minimum) => minima.label[minimum]),
        length: column(lengths[params.rule]),
        escapeTo: whole(own.escapeTo),
        path: whole(own.path),
        position: Float64Array.from(order, (minimum) => paths[own.path[minimum]]?.barrierPosition ?? Number.NaN),
        ...Object.fromEntries(ofRules),
        ...(related && { measure: column(related.values) }),
      },
      {
        label,
        ...params,
        range: [Math.min(...finite), Math.max(...finite, ...ends)],
        scores: of,
        unconnected: unconnected.map((minimum) => minima.label[minimum]),
        clampedPaths: found.clamped,
        ...(related && { relation: related.facts }),
        caption,
      },
      {
        minima: order.length,
        segments: order.length - 1 - unconnected.length,
        toScore: of[params.rule][params.score],
        ...namedScores(of[params.rule]),
        ...Object.fromEntries(scores.map(([rule, score]) => [`${rule}ToScore`, score[params.score]])),
        ...related?.facts,
        ...(unconnected.length > 0 && { unconnected: unconnected.length }),
        ...(found.clamped.length > 0 && { clampedPaths: found.clamped.length }),
      },
    );
  },
};

const namedScores = ({ sum, mean, max, norm }: ReturnType<typeof obstructionScores>): Summary => ({
  toScoreSum: sum,
  toScoreMean: mean,
  toScoreMax: max,
  toScoreNorm: norm,
});

/** +Infinity for a segment without an end. 0 for a minimum as high as its end, also for equal infinities. */
function lengthsFrom(loss: Float64Array, { death }: Segments): Float64Array {
  return loss.map((birth, minimum) => (death[minimum] === birth ? 0 : death[minimum] - birth));
}

/** Minima by decreasing length; among equally long ones the lower comes first. */
function longestFirst(length: Float64Array, order: Int32Array): Int32Array {
  return order.slice().sort((p, q) => (length[p] === length[q] ? 0 : length[q] - length[p]));
}

/** The row of the highest point of each path. */
function topRows(points: Artifact): number[] {
  const path = points.columns.path as Int32Array;
  const loss = numbers(points, "loss");
  const tops: number[] = [];
  for (let row = 0; row < path.length; row++) {
    const top = tops[path[row]];
    if (top === undefined || loss[row] > loss[top]) tops[path[row]] = row;
  }
  return tops;
}

/** The association between the lengths of finite segments and a measure of their minima. */
function relation(lengths: Float64Array, labels: readonly string[], table: Artifact, measure: string) {
  const rows = rowsOf(labels, table);
  const cells = numbers(table, columnNamed(Object.keys(table.columns), measure, "measure"));
  const values = Float64Array.from(rows, (row) => cells[row]);
  const both = Array.from(labels.keys()).filter((k) => Number.isFinite(lengths[k]) && Number.isFinite(values[k]));
  const [x, y] = [lengths, values].map((list) => Float64Array.from(both, (k) => list[k]));
  return { values, facts: { measure, related: both.length, spearman: spearman(x, y), pearson: pearson(x, y) } };
}

/**
 * The row of each minimum. When the table has the matrix values as columns, like one from a stage gather, it is the row
 * with those of the minimum's label. Otherwise the rows are in the order of the minima.
 */
function rowsOf(labels: readonly string[], table: Artifact): number[] {
  const count = rowCount(table);
  const values = labels.map((label) =>
    label
      .replace(/ row \d+$/, "")
      .split(",")
      .map((part) => part.split("=")),
  );
  const isNamed = values.every((parts) => parts.every(([name, value]) => value !== undefined && name in table.columns));
  if (!isNamed) {
    if (count === labels.length) return Array.from(labels.keys());
    throw new Error(
      `the table at "evaluation" has ${count} rows for ${labels.length} minima; expected one per minimum, in order, or columns with their matrix values`,
    );
  }
  return values.map((parts, k) => {
    const fits = Array.from({ length: count }, (_, row) => row).filter((row) =>
      parts.every(([name, value]) => {
        const cell = (table.columns[name] as ArrayLike<string | number>)[row];
        return String(cell) === decodeURIComponent(value);
      }),
    );
    if (fits.length !== 1) {
      throw new Error(`the table at "evaluation" has ${fits.length} rows for the minimum ${labels[k]}; expected one`);
    }
    return fits[0];
  });
}
