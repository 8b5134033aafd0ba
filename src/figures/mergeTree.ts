import { axes, type Key, keyLegend, positionScale } from "./axes.js";
import { figureSpec, noFiniteLoss } from "./figureSpec.js";
import { linked } from "./linked.js";
import { type LossScale, lossScale, placeOn, scaleFraction, vegaScale } from "./lossScale.js";
import { formatNumber } from "./numbers.js";
import { chosenScale, type LossAxis } from "./sharedScales.js";
import { colours, type FigureText, plotSize, type Spec } from "./theme.js";
import { type TreeLayout, treeLayout } from "./treeLayout.js";

/** Nodes of a merge tree: leaves, saddles and the root, whose parent is −1. Rows in any order. */
export interface MergeTreeData extends FigureText, LossAxis {
  value: ArrayLike<number>;
  parent: ArrayLike<number>;
  /** The vertex of each node, which names its marks. */
  vertex?: ArrayLike<number>;
  lossLabel?: string;
}

const mostLeaves = 200;

/**
 * A merge tree over the loss: leaves at their loss, each branch rising to the node where it joins its elder one, with
 * the elder branch to the left. When there are more than 200 leaves, the most persistent are drawn. Values that are not
 * finite lie at the edge of the plot. So does a root so far from its only branch that an axis up to it would flatten
 * the tree.
 *
 * @throws RangeError when the nodes are not a tree.
 */
export function mergeTree(data: MergeTreeData): Spec {
  const { lossLabel = "loss" } = data;
  const value = Float64Array.from(data.value);
  const notFinite = value.filter((v) => !Number.isFinite(v)).length;
  if (notFinite === value.length) return noFiniteLoss(data, `0 of ${value.length} nodes finite`);
  const layout = treeLayout(value, data.parent, mostLeaves);
  const placed = layout.nodes;
  const root = placed[placed.length - 1].node;
  const { scale, rootBeyond } = treeScale(layout, value, data);
  const place = placeOn(scale);
  const edge = vegaScale(scale).domain[layout.superlevel ? 0 : 1];
  const at = (node: number) =>
    Number.isFinite(value[node]) && !(rootBeyond && node === root) ? place(value[node]) : edge;

  const leafKey = layout.superlevel ? maximumKey : minimumKey;
  const inner = new Set(placed.map(({ above }) => above));
  const keyOf = (node: number) => (!inner.has(node) ? leafKey : node === root ? rootKey : saddleKey);
  // The root of a constant is its minimum.
  const marked = placed.length === 2 && at(root) === at(placed[0].node) ? placed.slice(0, 1) : placed;
  const nodes = marked.map(({ node, x }) => ({
    x,
    loss: at(node),
    label: keyOf(node).label,
    vertex: data.vertex?.[node],
  }));
  nodes.reverse(); // leaves on top
  const stems = placed.filter(({ above }) => above >= 0);
  const bars = placed.filter(({ left, right }) => right > left);
  const keys = [leafKey, saddleKey, rootKey].filter((key) => nodes.some(({ label }) => label === key.label));
  const legend = keyLegend(keys, plotSize(data).width);

  const leaves = Math.min(layout.leafCount, mostLeaves);
  const plural = layout.superlevel ? "maxima" : "minima";
  const count = layout.leafCount === 1 ? `1 ${leafKey.label}` : `${formatNumber(layout.leafCount)} ${plural}`;
  const remarks = [leaves < layout.leafCount ? `the ${leaves} most persistent of ${count}` : count];
  if (rootBeyond) remarks.push(`root at ${formatNumber(value[root])}, beyond the axis`);
  if (notFinite > 0) remarks.push(`${notFinite} of ${value.length} nodes not finite (at the edge)`);
  return figureSpec(data, remarks, {
    data: [
      { name: "nodes", values: nodes },
      {
        name: "stems",
        values: stems.map(({ node, x, above }) => ({
          x,
          loss: at(node),
          vertex: data.vertex?.[node],
          top: at(above),
          beyond: rootBeyond && above === root,
        })),
      },
      {
        name: "bars",
        values: bars.map(({ node, left, right }) => ({ left, right, loss: at(node), vertex: data.vertex?.[node] })),
      },
    ],
    scales: [
      { name: "x", type: "linear", domain: [-0.5, leaves - 0.5], range: "width", zero: false, nice: false },
      positionScale("y", scale, "height"),
      ...legend.scales,
    ],
    axes: axes("y", scale, "left", lossLabel),
    legends: legend.legends,
    marks: marksOf(keys, leaves, data.vertex !== undefined),
  });
}

/** Stems, the bars that join them, and the nodes over both. */
function marksOf(keys: readonly Key[], leaves: number, isLinked: boolean): object[] {
  const line = {
    ...(isLinked && linked),
    stroke: { value: colours.line },
    strokeWidth: { value: leaves > 60 ? 0.7 : 1.1 },
    strokeCap: { value: "square" },
    // The last piece of a stem to a root beyond the axis is dashed.
    strokeDash: { signal: "datum.beyond ? [3, 4] : [1, 0]" },
  };
  return [
    {
      type: "rule",
      from: { data: "stems" },
      encode: {
        update: {
          x: { scale: "x", field: "x" },
          y: { scale: "y", field: "loss" },
          y2: { scale: "y", field: "top" },
          ...line,
        },
      },
    },
    {
      type: "rule",
      from: { data: "bars" },
      encode: {
        update: {
          x: { scale: "x", field: "left" },
          x2: { scale: "x", field: "right" },
          y: { scale: "y", field: "loss" },
          ...line,
        },
      },
    },
    {
      type: "symbol",
      from: { data: "nodes" },
      encode: {
        update: {
          x: { scale: "x", field: "x" },
          y: { scale: "y", field: "loss" },
          ...(isLinked && linked),
          shape: { scale: "key", field: "label" },
          fill: { signal: `{${keys.map((key) => `'${key.label}': '${key.fill}'`).join(", ")}}[datum.label]` },
          stroke: { value: "#ffffff" },
          strokeWidth: { value: leaves > 60 ? 0.3 : 0.7 },
          size: { value: leaves > 100 ? 18 : leaves > 40 ? 34 : 60 },
        },
      },
    },
  ];
}

const minimumKey: Key = { label: "minimum", shape: "circle", fill: colours.minimum, stroke: "#ffffff" };
const maximumKey: Key = { ...minimumKey, label: "maximum" };
const saddleKey: Key = { label: "saddle", shape: "circle", fill: colours.saddle, stroke: "#ffffff" };
const rootKey: Key = { label: "root", shape: "square", fill: colours.root, stroke: "#ffffff" };

/** The axis of the drawn nodes, without the root when the rest would take less than a quarter of it. */
function treeScale(
  { nodes }: TreeLayout,
  value: Float64Array,
  data: MergeTreeData,
): { scale: LossScale; rootBeyond: boolean } {
  const values = nodes.map(({ node }) => value[node]);
  const branch = values.slice(0, -1);
  const all = chosenScale(data, "loss", values, 0.04)!;
  const isGiven = data.lossDomain !== undefined || data.shared !== undefined;
  const rest = isGiven ? undefined : lossScale(branch, 0.08, data.lossScale);
  const rootStandsAlone = nodes[nodes.length - 1].left === nodes[nodes.length - 1].right && branch.length > 1;
  if (!rest || !rootStandsAlone || !Number.isFinite(values[values.length - 1]))
    return { scale: all, rootBeyond: false };
  const drawnLength = branch
    .filter(Number.isFinite)
    .map((loss) => scaleFraction(all, loss))
    .reduce(([low, high], at) => [Math.min(low, at), Math.max(high, at)], [Infinity, -Infinity]);
  return drawnLength[1] - drawnLength[0] < 0.25 ? { scale: rest, rootBeyond: true } : { scale: all, rootBeyond: false };
}
