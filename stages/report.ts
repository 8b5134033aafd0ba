import type { Stage } from "../src/stage.js";
import type { ReportParams } from "./reports/reportOf.js";

export const reportStage: Stage<ReportParams> = {
  name: "report",
  version: 15,
  inputs: {
    figures: { kinds: ["figure"], many: true, optional: true },
    tables: { kinds: ["table"], many: true, optional: true },
    shown: {
      kinds: ["grid", "profile", "barcode", "embedding", "points", "paths"],
      many: true,
      optional: true,
      implied: true,
    },
    trees: { kinds: ["tree"], many: true, optional: true, implied: true },
  },
  output: "report",
  fanIn: true,
  showsPipeline: true,
  run: async (context) => (await import("./reports/reportOf.js")).reportOf(context),
};
