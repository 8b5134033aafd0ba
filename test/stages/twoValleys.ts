import { artifact } from "../../src/artifact/artifact.js";

/** A grid with these losses, first axis fastest. */
export const grid = (shape: number[], loss: number[]) =>
  artifact(
    "grid",
    {
      loss: Float64Array.from(loss),
      a1: Float64Array.from(loss, (_, i) => i % shape[0]),
      a2: Float64Array.from(loss, (_, i) => Math.floor(i / shape[0])),
    },
    { shape, extent: shape.map((n) => [0, n - 1]), unit: "direction", labels: ["first", "second"] },
  );

// 3   4   5
//   1   |   0      two valleys, saddle at 4
export const twoValleys = grid([5, 1], [3, 1, 4, 0, 5]);
