import type { Point } from "../../src/stage.js";

/** A matrix point with its values as text. */
export function textPoint(point: Point): Record<string, string> {
  return Object.fromEntries(Object.entries(point).map(([axis, value]) => [axis, String(value)]));
}
