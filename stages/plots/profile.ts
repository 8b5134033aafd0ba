import { profile } from "../../src/figures/profile.js";
import { profileOutlines } from "../artifacts/profile.js";
import { lookOf, lossAxisOf, type Plot } from "./plot.js";

export const profilePlot: Plot = {
  title: () => "Topological landscape profile",
  caption: () => "Nested basins: as wide as the number of samples below each loss.",
  spec: (of, params) =>
    profile({ ...lookOf(params), ...lossAxisOf(params), ...profileOutlines(of), across: params.across }),
};
