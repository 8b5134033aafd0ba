import { type Artifact, type Column, numbers, rowCount } from "../src/artifact/artifact.js";
import type { Stage } from "../src/stage.js";
import { pickRow } from "./artifacts/pickRow.js";
import { faultOfColumn } from "./inputs/columnsAhead.js";
import { checkRows } from "./outlooks/rows.js";

interface Params {
  row?: number;
  epoch?: number;
  at?: "first" | "last" | "best";
  by?: string;
}

export const checkpointStage: Stage<Params> = {
  name: "checkpoint",
  version: 1,
  inputs: { model: { kinds: ["model"] } },
  output: "model",
  outlook: (_, { model: [model] }) => ({ ...model, amount: undefined, headlines: ["loss", "step", "epoch", "row"] }),
  checkInputs: ({ by, row }, { model: [model] }) => [
    ...faultOfColumn(model.columns, by, ["by"]),
    ...checkRows(row === undefined || row < 0 ? undefined : row, model, ["with", "row"]),
  ],
  check({ row, epoch, at, by }) {
    const given = Object.entries({ row, epoch, at }).filter(([, value]) => value !== undefined);
    return [
      ...(given.length === 1
        ? []
        : [{ path: [], message: `has ${given.length} of row, epoch and at; expected exactly one` }]),
      ...(by !== undefined && at !== "best" ? [{ path: ["by"], message: "needs at: best; leave it out" }] : []),
    ];
  },
  async run({ params, input }) {
    const model = input("model");
    const row = rowOf(model, params);
    const columns = Object.fromEntries(
      Object.entries(model.columns).map(([name, column]): [string, Column] => [name, pickRow(column, row)]),
    );
    const { provenance: _, ...metadata } = model.metadata;
    const shown = ["loss", "step", "epoch"].filter((name) => Object.hasOwn(columns, name));
    const summary = { ...Object.fromEntries(shown.map((name) => [name, numbers(model, name)[row]])), row };
    return { kind: "model", columns, metadata: { ...metadata, checkpoint: { row, of: rowCount(model) } }, summary };
  },
};

/** The row that the parameters select. Throws Error when the model does not have it. */
function rowOf(model: Artifact, { row, epoch, at, by = "loss" }: Params): number {
  const rows = rowCount(model);
  if (row !== undefined) {
    if (row < rows && row >= -rows) return row < 0 ? rows + row : row;
    throw new Error(`row is ${row}; the model has ${rows} checkpoint${rows === 1 ? "" : "s"}, counted from 0`);
  }
  if (epoch !== undefined) {
    const epochs = numbers(model, Object.hasOwn(model.columns, "epoch") ? "epoch" : "step");
    const found = epochs.lastIndexOf(epoch);
    if (found >= 0) return found;
    throw new Error(
      `epoch is ${epoch}; the model keeps the epochs ${epochs.join(", ")}; see the parameter checkpoints of train`,
    );
  }
  if (at === "first") return 0;
  if (at === "last") return rows - 1;
  const sign = /accuracy/i.test(by) ? -1 : 1;
  const values = numbers(model, by);
  let best = -1;
  for (let k = 0; k < rows; k++) {
    if (!Number.isNaN(values[k]) && (best < 0 || sign * values[k] < sign * values[best])) best = k;
  }
  if (best < 0) throw new Error(`no checkpoint has a ${by} that is a number`);
  return best;
}
