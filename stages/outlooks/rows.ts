import type { Outlook } from "../../src/stage.js";
import type { Fault, Path } from "../../src/text/fault.js";
import type { Rows } from "../inputs/checkpoints.js";

/** Rows that a model cannot have, because its stage makes fewer. A training may end with fewer still. */
export function checkRows(rows: Rows | number | undefined, { kind, amount, stage }: Outlook, path: Path): Fault[] {
  if (rows === undefined || typeof rows === "string" || kind !== "model" || amount === undefined) return [];
  const beyond = [rows].flat().find((row) => row >= amount);
  if (beyond === undefined) return [];
  const most = amount === 1 ? "1 checkpoint, 0" : `${amount} checkpoints, from 0 to ${amount - 1}`;
  return [{ path, message: `${path[path.length - 1]} names ${beyond}; ${stage} has at most ${most}` }];
}
