import type { Artifact } from "../../src/artifact/artifact.js";
import type { LossSurface } from "../../src/landscape/paths/lossSurface.js";
import { pathsArtifact } from "../artifacts/paths.js";
import type { Minimum } from "./minima.js";
import type { ConnectParams } from "./params.js";

/** The minima with their losses (and accuracies) on the data, before there is a path. */
export async function measured(
  minima: readonly Minimum[],
  surface: LossSurface,
  params: ConnectParams,
): Promise<Artifact> {
  const terms = await surface.terms(minima.map(({ weights }) => weights));
  const bad = terms.loss.findIndex((loss) => !Number.isFinite(loss));
  if (bad >= 0) throw new Error(`the loss of ${minima[bad].label} is ${terms.loss[bad]}; expected a number`);
  const facts = {
    weights: minima[0].weights.length,
    label: minima.map(({ label }) => label),
    stored: minima.map(({ loss }) => loss),
    loss: [...terms.loss],
    ...Object.fromEntries(Object.entries(terms).map(([name, values]) => [name, [...values]])),
  };
  const { label, rows: _, pairs: __, ...settings } = params;
  return pathsArtifact([], { label, minima: facts, paths: [], settings }, params.keep !== "none");
}
