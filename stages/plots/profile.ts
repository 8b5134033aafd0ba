import { numbers } from "../../src/artifact.js";
import { profile } from "../../src/figures/profile.js";
import type { Plot } from "./plot.js";

export const profilePlot: Plot = {
  kind: "profile",
  caption: () => "Nested basins: as wide as the number of samples below each loss.",
  spec: (of, { title }) =>
    profile({
      title,
      basin: of.columns.basin as Int32Array,
      value: numbers(of, "value"),
      left: numbers(of, "left"),
      right: numbers(of, "right"),
      meanLoss: numbers(of, "meanLoss"),
      dots: of.metadata.dots as { x: number[]; value: number[]; type: string[] },
    }),
};
