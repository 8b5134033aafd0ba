import type { Artifact } from "../../src/artifact/artifact.js";
import { entropy } from "../../src/figures/entropy.js";
import { embeddingFacts } from "../artifacts/embedding.js";
import { lookOf, type Plot } from "./plot.js";

const curveOf = (of: Artifact) => embeddingFacts(of).entropy ?? [];

/** How PHATE chose its number of steps. */
export const entropyPlot: Plot = {
  suits: (of) => curveOf(of).length > 0,
  title: () => "Von Neumann entropy of the diffusion",
  caption: () => "The von Neumann entropy of the diffusion, and the knee at which PHATE stops.",
  spec(of, params) {
    const { t, entropy: curve = [] } = embeddingFacts(of);
    if (curve.length === 0 || t === undefined) {
      throw new Error("plot: entropy draws an embedding by phate with t: auto; this one has no entropy curve");
    }
    return entropy({ ...lookOf(params), entropy: curve, t });
  },
};
