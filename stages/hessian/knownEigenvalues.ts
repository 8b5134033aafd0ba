import type { Artifact } from "../../src/artifact/artifact.js";
import { formatNumber } from "../../src/figures/numbers.js";
import { type HessianBlock, inBlock } from "../../src/landscape/hessianBlocks.js";
import { axpy, dot, norm, scale } from "../../src/linalg/vectors.js";
import { directionVectors } from "../artifacts/directions.js";
import { factsOf } from "../artifacts/factsOf.js";
import { matrixWords } from "../artifacts/spectrum.js";
import type { Estimate, HessianParams, Operator } from "./tasks.js";

/**
 * The largest eigenvalues from eigenvectors that compute-directions has found: a product for each, which gives λ = vᵀHv
 * and ‖Hv − λv‖ as its error. Those of largest |λ| hold the largest as long as they are positive. Throws Error where
 * the directions are no eigenvectors of this matrix, or too few.
 */
export async function knownEigenvalues(
  { multiply }: Operator,
  directions: Artifact,
  block: HessianBlock,
  params: HessianParams,
): Promise<Estimate> {
  const { top, dtype, allowUnconverged, tolerance = dtype === "f64" ? 1e-8 : 1e-4 } = params;
  const name = matrixWords[params.matrix ?? "hessian"];
  const { method, which = "magnitude" } = factsOf<{ method?: string; which?: string }>(directions);
  if (method !== "hessian" || which === "smallest") {
    const found = method === "hessian" ? "which: smallest" : `method: ${method}`;
    throw new Error(
      `the directions were found by ${found}; expected the largest eigenvectors (method: hessian, which: largest or magnitude)`,
    );
  }
  const pairs: { value: number; residual: number }[] = [];
  for (const vector of directionVectors(directions)) {
    const unit = inBlock(vector, block);
    scale(1 / norm(vector), unit);
    const product = Float64Array.from(await multiply(unit));
    const value = dot(unit, product) / dot(unit, unit);
    axpy(-value, unit, product);
    pairs.push({ value, residual: norm(product) });
  }
  const size = Math.max(...pairs.map(({ value }) => Math.abs(value)));
  const worst = Math.max(...pairs.map(({ residual }) => residual));
  const converged = worst <= tolerance * size;
  if (!converged && !allowUnconverged) {
    throw new Error(
      `the directions are no eigenvectors of this ${name} matrix: ‖Hv − λv‖ is up to ${formatNumber(worst)} where ` +
        `${formatNumber(tolerance * size)} would do; give those of this model and these samples, with normalize: none ` +
        "and the same dtype, or leave the port directions out",
    );
  }
  const known = (which === "largest" ? pairs : pairs.filter(({ value }) => value > 0)).sort(
    (a, b) => b.value - a.value,
  );
  if (known.length < top) {
    throw new Error(
      `the directions hold ${known.length} of the ${top} largest eigenvalues; raise their count, or set top: ${known.length}`,
    );
  }
  const found = known.slice(0, top);
  return {
    rows: [
      {
        quantity: "top",
        position: found.map((_, k) => k + 1),
        value: found.map(({ value }) => value),
        error: found.map(({ residual }) => residual),
      },
    ],
    facts: { converged, tolerance, eigenvectors: "given" },
  };
}
