import type { Artifact } from "../../src/artifact/artifact.js";
import { spectrum } from "../../src/figures/spectrum.js";
import { matrixOf, matrixWords, spectrumFacts, spectrumRows } from "../artifacts/spectrum.js";
import { lookOf, type Plot } from "./plot.js";

const has = (of: Artifact, ...names: string[]) =>
  spectrumFacts(of).estimates.some(({ quantity }) => names.includes(quantity));

/** The eigenvalues of the first block that has some. */
export const spectrumPlot: Plot = {
  title: (of) => `${matrixWords[spectrumFacts(of).matrix ?? "hessian"]} eigenvalues`,
  suits: (of) => has(of, "top", "bottom"),
  caption: (of) => `The largest and smallest eigenvalues of ${matrixOf(of)}, by rank.`,
  spec(of, params) {
    const found = spectrumFacts(of).estimates.find(({ quantity }) => quantity === "top" || quantity === "bottom");
    if (!found)
      throw new Error(
        "a spectrum figure draws eigenvalues; this spectrum has none (top: or bottom: of the hessian stage)",
      );
    const ends = (quantity: string) => spectrumRows(of, { block: found.block, quantity }).value;
    return spectrum({ ...lookOf(params), top: ends("top"), bottom: ends("bottom"), yScale: params.yScale });
  },
};
