import { profile } from "../../src/figures/profile.js";
import { profileOutlines } from "../artifacts/profile.js";
import type { Plot } from "./plot.js";

export const profilePlot: Plot = {
  kind: "profile",
  caption: () => "Nested basins: as wide as the number of samples below each loss.",
  spec: (of, { title, lossRange, lossScale }) =>
    profile({ title, ...profileOutlines(of), lossDomain: lossRange, lossScale }),
};
