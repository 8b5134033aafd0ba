import { type Artifact, concatenate, type Summary } from "../../src/artifact/artifact.js";
import { spectrumFacts, spectrumRows } from "../artifacts/spectrum.js";

/** Joins the pieces of a spectrum. The numbers of the whole Hessian become its summary. */
export function joinedSpectrum(pieces: Artifact[]): Artifact {
  const whole = concatenate(pieces);
  const estimates = pieces.flatMap((piece) => spectrumFacts(piece).estimates);
  const joined = { ...whole, metadata: { ...whole.metadata, estimates } };
  return { ...joined, summary: headlines(joined) };
}

/** The single numbers about the gradient. Those of noise are missing for a loss that is one batch. */
export const ofGradient = ["gradientNorm", "gradientVariance", "gradientDiversity", "matrixVariance"];

function headlines(of: Artifact): Summary {
  const rows = (quantity: string) => spectrumRows(of, { block: "model", quantity });
  const eigenvalues = (quantity: string, name: string) => {
    const { position, value } = rows(quantity);
    return Object.fromEntries(Array.from(position, (k, row) => [`${name}${k}`, value[row]]));
  };
  const trace = rows("trace");
  const single = ofGradient.flatMap((name) => Array.from(rows(name).value, (value) => [name, value] as const));
  const unconverged = spectrumFacts(of)
    .estimates.filter(({ converged }) => converged === false)
    .map(({ block, quantity }) => `${block} ${quantity}`);
  return {
    ...eigenvalues("top", "eigenvalue"),
    ...eigenvalues("bottom", "smallestEigenvalue"),
    ...(trace.value.length > 0 && { trace: trace.value[0], traceError: trace.error[0] }),
    ...Object.fromEntries(single),
    ...eigenvalues("alignment", "alignment"),
    ...(unconverged.length > 0 && { unconverged: unconverged.join(", ") }),
  };
}
