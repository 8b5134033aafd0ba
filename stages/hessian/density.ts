import { lanczosQuadrature, spectralMoment } from "../../src/landscape/lanczosQuadrature.js";
import { spectralDensity } from "../../src/landscape/spectralDensity.js";
import type { DensityOptions, Estimate, Operator } from "./tasks.js";

/** The spectral density and its first two moments, by stochastic Lanczos quadrature. */
export async function density(
  { multiply, size, seed, hooks }: Operator,
  { probes, steps, deflate, scale, width = scale === "linear" ? 0.01 : 0.05 }: DensityOptions,
  dtype: "f32" | "f64",
): Promise<Estimate> {
  const tolerance = dtype === "f64" ? 1e-6 : 1e-3;
  const quadratures = await lanczosQuadrature(multiply, size, { probes, steps, deflate, tolerance, seed, hooks });
  const { positions, density, standardError, ...facts } = spectralDensity(quadratures, { scale, width });
  const moments = [1, 2].map((power) => spectralMoment(quadratures, power));
  const node = quadratures.flatMap(({ nodes }) => [...nodes]);
  const weight = quadratures.flatMap(({ weights }) => Array.from(weights, (w) => w / probes));
  const resolution = quadratures.flatMap(({ resolution }) => [...resolution]);
  return {
    rows: [
      {
        quantity: "moment",
        position: [1, 2],
        value: moments.map(({ value }) => value),
        error: moments.map(({ standardError }) => standardError),
      },
      { quantity: "density", position: positions, value: density, error: standardError },
      { quantity: "node", position: node, value: weight, error: resolution },
    ],
    facts: { probes, steps, deflate, scale, width, ...facts },
  };
}
