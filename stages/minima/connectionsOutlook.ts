import type { Facts, Outlook } from "../../src/stage.js";
import type { ConnectParams } from "./params.js";

/** The most points of all paths, where the numbers of minima and pairs are known. */
export function connectionsOutlook(
  { pairs, rows, maxPoints, keep }: ConnectParams,
  { minima = [] }: Readonly<Record<string, readonly Outlook[]>>,
): Facts {
  const counts = minima.map(({ steps, amount }) => {
    if (rows === "last") return steps;
    return steps * (rows === "all" ? (amount ?? Number.NaN) : rows.length);
  });
  const count = counts.reduce((sum, each) => sum + each, 0);
  const all = (count * (count - 1)) / 2;
  const paths =
    pairs === "all"
      ? all
      : pairs === "star"
        ? count - 1
        : "knn" in pairs
          ? Math.min(all, count * pairs.knn)
          : pairs.length;
  const amount = paths * (maxPoints + 2);
  if (!(amount > 0)) return {};
  const width = keep === "all" ? (minima[0]?.parameters ?? 0) : 0;
  return { amount, unit: "points", bytes: 8 * amount * (width + 6), decidedBy: ["with", "pairs"] };
}
