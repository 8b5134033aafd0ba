import type { LossTerms } from "../problems/objective.js";
import { numbersOf } from "./answerArrays.js";
import type { Connection } from "./connection.js";
import type { Frame, FrameArray } from "./frames.js";
import type { Hello } from "./hello.js";

/** Numbers as the process receives them: in f32 or f64. */
type Typed = (values: Float64Array) => Float64Array | Float32Array;

/** The most bytes of whole vectors in one request. */
const REQUEST_BYTES = 64 * 2 ** 20;

/**
 * The losses that a process computes, in requests of as many points as it accepts. The first loss is requested twice.
 * Throws Error when the two answers differ by more than the relative `tolerance`, and when the first is not finite.
 */
export function externalLosses(
  connection: Connection,
  { size, columns, batch, combinations }: Hello,
  { typed, tolerance, bytesPerNumber }: { typed: Typed; tolerance: number; bytesPerNumber: number },
) {
  const rowsPerAsk = Math.max(1, Math.min(batch, Math.floor(REQUEST_BYTES / (size * bytesPerNumber))));
  let isChecked = false;

  /** The losses and columns of one request. The first row of the first request is sent twice. */
  async function measured(name: "points" | "coefficients", rows: Float64Array, width: number): Promise<LossTerms> {
    const request = (part: Float64Array) =>
      connection.ask({ do: "loss" }, { [name]: { shape: [part.length / width, width], values: typed(part) } });
    if (!isChecked) {
      const first = rows.subarray(0, width);
      const twice = [await request(first), await request(first)].map((frame) => lossesOf(frame, 1).loss[0]);
      requireRepeatable(twice, tolerance);
      isChecked = true;
    }
    return lossesOf(await request(rows), rows.length / width);
  }

  function lossesOf({ arrays }: Frame, count: number): LossTerms {
    const found = ["loss", ...columns].map((name) => [name, numbersOf(arrays, name, [count], "loss")] as const);
    return { loss: new Float64Array(0), ...Object.fromEntries(found) };
  }

  const lossTerms = (points: Float64Array) =>
    inBatches(points, size, rowsPerAsk, (part) => measured("points", part, size));

  return {
    rowsPerAsk,
    lossTerms,
    losses: async (points: Float64Array) => (await lossTerms(points)).loss,
    /** The losses at center + Σ cₖ · directions[k]; the process combines the vectors itself if it can. */
    lossAlong(center: Float64Array, directions: readonly Float64Array[]) {
      const k = directions.length;
      if (!combinations) {
        return (coefficients: Float64Array) =>
          inBatches(coefficients, k, rowsPerAsk, (part) =>
            measured("points", combined(center, directions, part), size),
          );
      }
      let stored: Promise<unknown> | undefined;
      return async (coefficients: Float64Array) => {
        stored ??= connection.prepare("set", { do: "set" }, storedVectors(center, directions, typed));
        await stored;
        return inBatches(coefficients, k, batch, (part) => measured("coefficients", part, k));
      };
    },
  };
}

/** The result for the rows of [P × width], joined from requests of at most `most` rows. */
async function inBatches(
  rows: Float64Array,
  width: number,
  most: number,
  ask: (part: Float64Array) => Promise<LossTerms>,
): Promise<LossTerms> {
  const total = rows.length / width;
  const joined: LossTerms = { loss: new Float64Array(total) };
  for (let start = 0; start < total; start += most) {
    const found = await ask(rows.subarray(start * width, Math.min(total, start + most) * width));
    for (const [name, values] of Object.entries(found)) {
      joined[name] ??= new Float64Array(total);
      joined[name].set(values, start);
    }
  }
  return joined;
}

function storedVectors(
  center: Float64Array,
  directions: readonly Float64Array[],
  typed: Typed,
): Record<string, FrameArray> {
  const n = center.length;
  const joined = new Float64Array(directions.length * n);
  for (const [k, direction] of directions.entries()) joined.set(direction, k * n);
  return {
    center: { shape: [n], values: typed(center) },
    directions: { shape: [directions.length, n], values: typed(joined) },
  };
}

/** center + Σ coefficients[p][k] · directions[k] for each row p. Coefficients of zero give the center exactly. */
function combined(center: Float64Array, directions: readonly Float64Array[], coefficients: Float64Array): Float64Array {
  const [n, k] = [center.length, directions.length];
  const points = new Float64Array((coefficients.length / k) * n);
  for (let p = 0; p * k < coefficients.length; p++) {
    const row = points.subarray(p * n, (p + 1) * n);
    row.set(center);
    for (const [j, direction] of directions.entries()) {
      const c = coefficients[p * k + j];
      if (c !== 0) for (let i = 0; i < n; i++) row[i] += c * direction[i];
    }
  }
  return points;
}

function requireRepeatable([first, second]: readonly number[], tolerance: number): void {
  if (!Number.isFinite(first)) throw new Error(`the command's first loss is ${first}; expected a finite number`);
  if (Math.abs(first - second) <= tolerance * Math.max(Math.abs(first), Math.abs(second))) return;
  throw new Error(
    `the command gave ${first} and then ${second} for the same point; expected a relative difference of at most ${tolerance}; ` +
      "fix its seeds, turn dropout off, or raise problem.tolerance",
  );
}
