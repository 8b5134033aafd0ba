import type { Artifact } from "../../src/artifact/artifact.js";
import { density } from "../../src/figures/density.js";
import type { Spec } from "../../src/figures/theme.js";
import { matrixOf, spectrumFacts, spectrumRows } from "../artifacts/spectrum.js";
import { type FigureParams, lookOf, type Plot } from "./plot.js";

export const densityPlot: Plot = {
  title: (of) => `Spectral density of ${matrixOf(of)}`,
  suits: (of) => spectrumFacts(of).estimates.some(({ quantity }) => quantity === "density"),
  caption: (of) => `How the eigenvalues of ${matrixOf(of)} are distributed.`,
  spec: (spectrum, params) => specOf(spectrum, params),
};

/** One panel for each block with a density. */
function specOf(spectrum: Artifact, params: FigureParams): Spec {
  const { estimates } = spectrumFacts(spectrum);
  const densities = estimates.filter(({ quantity }) => quantity === "density");
  if (densities.length === 0) throw new Error("a density figure draws a spectrum with a density; this one has none");
  const rowsOf = (block: string, quantity: string) => spectrumRows(spectrum, { block, quantity });
  const blocks = densities.map(({ block: name, size }) => {
    const { position, value, error } = rowsOf(name, "density");
    const trace = rowsOf(name, "trace");
    return {
      name,
      size,
      position,
      density: value,
      error,
      top: rowsOf(name, "top").value,
      bottom: rowsOf(name, "bottom").value,
      ...(trace.value.length > 0 && { trace: { value: trace.value[0], error: trace.error[0] } }),
    };
  });
  return density({ ...lookOf(params), blocks, threshold: densities[0].threshold });
}
