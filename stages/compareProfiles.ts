import { facets } from "../src/figures/facets.js";
import type { LossScaleType } from "../src/figures/lossScale.js";
import { profile } from "../src/figures/profile.js";
import type { FigureText, PlotSize } from "../src/figures/theme.js";
import type { Source, Stage } from "../src/stage.js";
import { figureArtifact } from "./artifacts/figure.js";
import { profileOutlines } from "./artifacts/profile.js";
import { checkLossAxis } from "./inputs/lossAxis.js";
import { sourceLabel } from "./inputs/sourceLabel.js";

interface Params {
  title: string;
  columns?: number;
  lossRange?: [number, number];
  lossScale: LossScaleType;
  pixelRatio: number;
}

/** The number of panels in a row when the matrix has fewer than two axes. */
const ROW = 4;

export const compareProfilesStage: Stage<Params> = {
  name: "compare-profiles",
  version: 8,
  inputs: { profiles: { kinds: ["profile"], many: true } },
  output: "figure",
  fanIn: true,
  check: checkLossAxis,
  async run({ params, sources }) {
    const all = sources("profiles");
    const severalStages = new Set(all.map(({ stage }) => stage)).size > 1;
    const { title, lossRange: lossDomain, lossScale } = params;
    const cells = all.map((source) => ({
      label: sourceLabel(source, severalStages),
      ...(source.error === undefined
        ? {
            draw: (text: FigureText) =>
              profile({ ...text, ...profileOutlines(source.artifact()), lossDomain, lossScale }),
          }
        : { missing: `failed: ${source.error}` }),
    }));
    const columns = params.columns ?? columnsOf(all);
    const draw = (size?: PlotSize) => facets({ title, size }, cells, { columns, share: "all" });
    const caption = "Nested basins on one loss axis; the width at a loss is the number of samples below it.";
    return figureArtifact(draw, { title, caption }, params);
  },
};

/** The last axis of a matrix with two or more axes runs across. */
function columnsOf(sources: Source[]): number {
  const axes = [...new Set(sources.flatMap(({ point }) => Object.keys(point)))];
  const across = axes[axes.length - 1];
  return axes.length >= 2
    ? new Set(sources.map(({ point }) => point[across])).size
    : Math.max(1, Math.min(ROW, sources.length));
}
