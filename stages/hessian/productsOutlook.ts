import { hessianBlocks } from "../../src/landscape/hessianBlocks.js";
import { defaultBasisSize } from "../../src/landscape/lanczos.js";
import type { Layout } from "../../src/models/networks/layout.js";
import type { Facts, Outlook } from "../../src/stage.js";
import type { HessianParams } from "./tasks.js";

/** Products that a density needs at most to find the eigenpairs that it deflates. */
const DEFLATING = 300;

/** The most products with the matrix, as far as the network is known. Most searches converge sooner. */
export function productsOutlook(
  params: HessianParams,
  { model: [{ network, parameters, amount: rows = 1 }] }: Readonly<Record<string, readonly Outlook[]>>,
): Facts {
  if (network === undefined || parameters === undefined) return {};
  const { top, bottom, trace, density, blocks, maxIterations, rows: wanted = "last" } = params;
  const search = (count: number) => (count > 0 ? Math.max(count, maxIterations) : 0);
  const ofDensity = density ? (density.deflate > 0 ? DEFLATING : 0) + density.probes * density.steps : 0;
  const each = search(top) + search(bottom) + (trace ? trace.maxProducts : 0) + ofDensity;
  const count = 1 + (blocks === "none" ? 0 : hessianBlocks(network.tensors as Layout, blocks).length);
  const checkpoints = wanted === "last" ? 1 : wanted === "all" ? rows : wanted.length;
  const amount = each * count * checkpoints;
  const found = Math.max(top, bottom, density ? density.deflate : 0);
  const memory = 8 * parameters * (found + Math.min(parameters, defaultBasisSize(parameters, found)));
  return { amount, unit: "products", memory, decidedBy: ["with", "maxIterations"] };
}
