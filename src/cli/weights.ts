/** Tells how much a pipeline computes and stores, before it does. */
import { existsSync, statfsSync } from "node:fs";
import { totalmem } from "node:os";
import { dirname } from "node:path";
import { configError } from "../pipeline/configFile.js";
import type { Plan } from "../pipeline/plan.js";
import type { Step } from "../pipeline/step.js";
import { type Weight, weigh } from "../pipeline/weigh.js";
import { pastRates } from "../run/pastRates.js";
import type { Store } from "../store/store.js";
import { durationOf } from "../text/duration.js";
import { sizeOf } from "./sizeOf.js";

/** Amounts in these units are always told, others from so many bytes on. */
const TOLD_UNITS = ["points", "products"];
const TOLD_BYTES = 1e8;
/** A search that converges needs fewer of these. */
const BOUNDS = ["products"];
/** What is large is told as a warning: bytes, points, seconds of one worker. */
const LARGE = { bytes: 1e9, points: 1e7, seconds: 3600 };

export interface Weights {
  /** One for each stage whose amount is worth knowing. */
  lines: string[];
  /** Those of the large ones. */
  warnings: string[];
}

/**
 * The amounts of these steps in words. Throws ConfigError for a stage whose results are larger than the whole disk of
 * the store.
 */
export function weights(plan: Plan, store: Store, steps: readonly Step[] = plan.steps): Weights {
  const found: Weights = { lines: [], warnings: [] };
  const all = weigh(steps);
  if (all.length === 0) return found;
  const rateOf = pastRates(store, plan.pipeline.name);
  const disk = diskOf(store.folder);
  const faults = [];
  for (const weight of all) {
    const { stage, amount, unit, bytes = 0, memory = 0, work } = weight;
    const count = weight.steps.length;
    if (!TOLD_UNITS.includes(unit) && Math.max(bytes * count, memory) < TOLD_BYTES) continue;
    const rate = rateOf(weight.steps, work.unit);
    const seconds = rate && (work.done * count) / rate;
    const line = lineOf(weight, seconds);
    found.lines.push(line);
    if (bytes * count > disk.all) {
      const message = `${line} are more than the disk of ${store.folder} holds, ${sizeOf(disk.all)}`;
      faults.push({ path: ["stages", stage], message });
    }
    const isMuch = unit === "points" && amount * count >= LARGE.points;
    const held = bytes + memory;
    if (Math.max(bytes * count, held) < LARGE.bytes && !isMuch && (seconds ?? 0) < LARGE.seconds) continue;
    const remarks = [
      ...(held > totalmem() ? [`each is held in memory, of which this machine has ${sizeOf(totalmem())}`] : []),
      ...(bytes * count > disk.free ? [`the disk has ${sizeOf(disk.free)} free`] : []),
    ];
    found.warnings.push([line, ...remarks].join("; "));
  }
  if (faults.length > 0) throw configError(plan.pipeline.file, faults);
  return found;
}

/** grid: 9 × 1,681 points, 41 kB each, about 3 min 20 s of one worker */
function lineOf({ stage, steps, amount, unit, bytes, memory = 0 }: Weight, seconds: number | undefined): string {
  const isMany = steps.length > 1;
  const upTo = BOUNDS.includes(unit) ? "up to " : "";
  const count = `${upTo}${isMany ? `${steps.length} × ` : ""}${withCommas(amount)} ${unit}`;
  const size = bytes === undefined ? [] : [`${sizeOf(bytes)}${isMany ? " each" : ""}`];
  const time = seconds === undefined ? [] : [`${upTo || "about "}${durationOf(seconds)} of one worker`];
  const held = memory < TOLD_BYTES ? [] : [`${sizeOf(memory)} of memory`];
  return `${stage}: ${[count, ...size, ...held, ...time].join(", ")}`;
}

/** 1,681 for 1681. `toLocaleString` loads the data of all languages first, which takes 20 ms. */
const withCommas = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

/** Bytes of the disk that a folder is on, or will be. */
function diskOf(folder: string): { all: number; free: number } {
  let at = folder;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  try {
    const { bsize, blocks, bavail } = statfsSync(at);
    return { all: bsize * blocks, free: bsize * bavail };
  } catch {
    return { all: Number.POSITIVE_INFINITY, free: Number.POSITIVE_INFINITY };
  }
}
