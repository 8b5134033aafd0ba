import { vectorRows } from "../../src/artifact/artifact.js";
import { formatNumber } from "../../src/figures/numbers.js";
import { principalComponents } from "../../src/landscape/principalComponents.js";
import { type Around, type Found, otherModels, type Shared, unitLength } from "./method.js";

export interface PcaParams extends Shared {
  method: "pca";
  count: number;
  center: "last" | "mean";
}

/** Principal components of the checkpoints, after Li et al. 2018. */
export async function pca({ count, center }: PcaParams, around: Around): Promise<Found> {
  const { weights, layout, ignore, context } = around;
  const own = vectorRows(context.input("model"), "weights");
  const rows = [...own, ...otherModels(around).flatMap((model) => vectorRows(model, "weights"))];
  if (rows.length < 2) {
    throw new Error(
      `principal components need a trajectory; the model has one checkpoint; keep more during training, or connect models to "to"`,
    );
  }
  const middle = center === "last" ? weights : "mean";
  const { components, explained } = await principalComponents(rows, layout, { count, center: middle, ignore });
  return {
    vectors: components,
    labels: Array.from(explained, (share, k) => `principal component ${k + 1} (${percent(share)} %)`),
    unit: unitLength,
    columns: { explainedVariance: explained },
    metadata: { center, checkpoints: rows.length },
    summary: Object.fromEntries(Array.from(explained, (share, k) => [`explainedVariance${k + 1}`, share])),
  };
}

/** Three digits, such as 92.2. */
function percent(share: number): string {
  return formatNumber(Number((100 * share).toPrecision(3)));
}
