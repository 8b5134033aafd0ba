import { type Artifact, artifact, numbers } from "../src/artifact/artifact.js";
import type { LossScaleType } from "../src/figures/lossScale.js";
import type { ProfileOutlines } from "../src/figures/profile.js";
import { profiles } from "../src/figures/profiles.js";
import { renderPng, renderSvg } from "../src/figures/render.js";
import type { Source, Stage } from "../src/stage.js";
import { checkLossAxis } from "./inputs/lossAxis.js";

interface Params {
  title: string;
  columns?: number;
  lossRange?: [number, number];
  lossScale: LossScaleType;
  pixelRatio: number;
}

/** Panels in a row where the matrix has fewer than two axes. */
const ROW = 4;

export const compareProfilesStage: Stage<Params> = {
  name: "compare-profiles",
  version: 3,
  inputs: { profiles: { kinds: ["profile"], many: true } },
  output: "figure",
  fanIn: true,
  check: checkLossAxis,
  async run({ params, sources }) {
    const all = sources("profiles");
    const severalStages = new Set(all.map(({ stage }) => stage)).size > 1;
    const panels = all.map((source) => ({
      label: labelOf(source, severalStages),
      ...(source.error === undefined
        ? { profile: profileOutlines(source.artifact()) }
        : { missing: `failed: ${source.error}` }),
    }));
    const { title, lossRange, lossScale } = params;
    const columns = params.columns ?? columnsOf(all);
    const spec = profiles({ title, panels, columns, lossDomain: lossRange, lossScale });
    const svg = await renderSvg(spec);
    const png = await renderPng(svg, { scale: params.pixelRatio });
    const caption = "Nested basins on one loss axis: as wide as the number of samples below each loss.";
    return artifact("figure", { spec: [JSON.stringify(spec)], svg: [svg], png: [png] }, { title, caption });
  },
};

/** What the figures of a profile draw. */
export function profileOutlines(of: Artifact): ProfileOutlines {
  return {
    basin: of.columns.basin as Int32Array,
    value: numbers(of, "value"),
    left: numbers(of, "left"),
    right: numbers(of, "right"),
    meanLoss: numbers(of, "meanLoss"),
    dots: of.metadata.dots as ProfileOutlines["dots"],
  };
}

/** The matrix values of a source, with its stage where several are compared. */
export function labelOf({ stage, point }: Source, withStage: boolean): string {
  const values = Object.entries(point).map(([name, value]) => `${name} = ${value}`);
  return (withStage || values.length === 0 ? [stage, ...values] : values).join(", ");
}

/** A matrix of two axes or more is laid out with its last one across. */
function columnsOf(sources: Source[]): number {
  const axes = [...new Set(sources.flatMap(({ point }) => Object.keys(point)))];
  const across = axes[axes.length - 1];
  return axes.length >= 2
    ? new Set(sources.map(({ point }) => point[across])).size
    : Math.max(1, Math.min(ROW, sources.length));
}
