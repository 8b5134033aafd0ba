import type { PagePart } from "../src/figures/page.js";
import type { Outlook, Stage } from "../src/stage.js";
import type { Fault } from "../src/text/fault.js";
import { suggestion } from "../src/text/nearestName.js";
import { listed } from "../src/text/words.js";
import { axesAhead, axisFault } from "./inputs/columnsAhead.js";
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
  checkInputs: ({ parts = [], over }, { figures = [], tables = [] }) => [
    ...parts.flatMap((part, i) => faultOfPart(part, i, figures, tables)),
    ...faultOfSlider(over, axesAhead(figures)),
  ],
  run: async (context) => (await import("./reports/reportOf.js")).reportOf(context),
};

/** A part that names no input of the report. */
function faultOfPart(part: PagePart, i: number, figures: readonly Outlook[], tables: readonly Outlook[]): Fault[] {
  if (typeof part === "string" || "text" in part) return [];
  const [port, name, sources] =
    "figure" in part ? (["figure", part.figure, figures] as const) : (["table", part.table, tables] as const);
  const known = sources.map(({ stage }) => stage);
  if (known.includes(name)) return [];
  const expected = known.length > 0 ? `expected ${listed(known)}${suggestion(name, known)}` : "it has none";
  return [
    {
      path: ["with", "parts", i, port],
      message: `parts[${i}].${port} is "${name}", which is not at its port ${port}s; ${expected}`,
    },
  ];
}

function faultOfSlider(over: string | undefined, axes: readonly string[]): Fault[] {
  const fault = over === undefined ? undefined : axisFault(axes, over);
  return fault === undefined ? [] : [{ path: ["with", "over"], message: `over ${fault}` }];
}
