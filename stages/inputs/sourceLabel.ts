import type { Source } from "../../src/stage.js";

/** The matrix values of a source, and its stage when several are compared. */
export function sourceLabel({ stage, point }: Pick<Source, "stage" | "point">, withStage: boolean): string {
  const values = Object.entries(point).map(([name, value]) => `${name} = ${value}`);
  return (withStage || values.length === 0 ? [stage, ...values] : values).join(", ");
}
