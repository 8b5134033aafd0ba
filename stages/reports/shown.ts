import type { SharedScales } from "../../src/figures/sharedScales.js";
import type { Spec } from "../../src/figures/theme.js";
import type { Lineage, Source } from "../../src/stage.js";
import type { Panels } from "../artifacts/figure.js";
import type { PlotName } from "../plots/plotFacts.js";

/** A figure of a report. */
export interface Shown {
  source: Source;
  title: string;
  caption: string;
  plot?: PlotName;
  panels?: Panels;
  spec: Spec;
  svg: string;
  /** The axis of the matrix that a slider runs through, where the figure is one of its frames. */
  frame?: string;
  /** The scales of all frames. */
  shared?: SharedScales;
}

/** What a step shows: its parameters, and the artifacts that it takes. */
export interface Behind {
  params: Record<string, unknown>;
  sources: Source[];
}

/** What is behind a step. */
export type BehindOf = (step: string | undefined) => Behind;

/** For a step: its parameters and the artifacts that it draws, among those that the report has. */
export function behindSteps(sources: readonly Source[], lineage: readonly Lineage[]): BehindOf {
  const byStep = new Map(sources.map((source) => [source.step, source]));
  const known = new Map(lineage.map((each) => [each.step, each]));
  return (step) => {
    const { params = {}, from = [] } = known.get(step ?? "") ?? {};
    const own = from.flatMap((name) => byStep.get(name) ?? []).filter(({ error }) => error === undefined);
    return { params, sources: own };
  };
}
