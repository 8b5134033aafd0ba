import { formatNumber } from "../../src/figures/numbers.js";
import type { Cell, PageTable } from "../../src/figures/pageTable.js";
import type { MergeTreeNodes } from "../../src/topology/mergeTree.js";
import { type PersistencePairs, persistencePairs } from "../../src/topology/persistence.js";

/** What a landscape shows, for readers: a sentence, and its basins as a table. */
export interface LandscapeFinding {
  label: string;
  sentence: string;
  basins: PageTable;
}

/** The most basins of the table. The tree and the barcode have all of them. */
const MOST_ROWS = 20;

/** The finding of a merge tree, or of the `nodes` of its most persistent basins of `leaves` in all. */
export function landscapeFinding(nodes: MergeTreeNodes, leaves: number, label: string): LandscapeFinding {
  const pairs = persistencePairs(nodes);
  return { label, sentence: sentenceOf(nodes, pairs, leaves), basins: basinsOf(pairs, leaves, label) };
}

function sentenceOf(
  { direction, minimum, maximum }: MergeTreeNodes,
  { birth, death }: PersistencePairs,
  leaves: number,
): string {
  const isSub = direction === "sublevel";
  const [one, many] = isSub ? ["minimum", "minima"] : ["maximum", "maxima"];
  const count = `${formatNumber(leaves)} ${leaves === 1 ? one : many}`;
  if (!Number.isFinite(minimum) || !Number.isFinite(maximum)) return `${count}, no finite loss`;
  const deepest = `${leaves === 1 ? "at" : isSub ? "the deepest at" : "the highest at"} ${formatNumber(birth[0])}`;
  const next =
    birth.length > 1 && Number.isFinite(death[1])
      ? `; the most persistent of the others, at ${formatNumber(birth[1])}, merges at ${formatNumber(death[1])}`
      : "";
  return `${count}, ${deepest}${next}; losses from ${formatNumber(minimum)} to ${formatNumber(maximum)}`;
}

/** The basins, most persistent first. */
function basinsOf({ birth, death, birthVertex, size }: PersistencePairs, leaves: number, name: string): PageTable {
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  const rows = Array.from(birth.subarray(0, MOST_ROWS), (loss, bar): Cell[] => [
    birthVertex[bar],
    finite(loss),
    finite(death[bar]),
    finite(Math.abs(death[bar] - loss)),
    size[bar],
  ]);
  const columns = ["vertex", "loss", "merges at", "persistence", "samples"];
  return { name: `basins of ${name}`, columns, rows, ...thinned(rows.length, leaves) };
}

const thinned = (kept: number, all: number) =>
  kept < all ? { note: `the ${kept} most persistent of ${formatNumber(all)} basins` } : {};
