/** Checks results and errors of stages from modules, because no compiler has checked them. */
import { basename } from "node:path";
import { type Artifact, type ArtifactInPieces, artifact, type Column } from "../artifact/artifact.js";
import type { Stage } from "../stage.js";
import { shown } from "../text/words.js";

/** The most levels of metadata and summaries. */
const DEEPEST = 100;

/**
 * The result of a module's stage as an artifact of the declared kind. Lists of numbers become columns of numbers.
 * Throws TypeError that names the column or the other fault.
 */
export function moduleResult(given: Artifact | ArtifactInPieces, stage: Stage): Artifact | ArtifactInPieces {
  const { output } = stage;
  const name = nameOf(stage);
  if (!isMapping(given)) throw new TypeError(`${name} gave ${told(given)}; expected { columns: { … } }`);
  for (const part of ["metadata", "summary"] as const) requirePlain(given[part], `${name}: ${part}`);
  if ("pieces" in given) return { ...given, kind: output };
  if (!isMapping(given.columns)) {
    throw new TypeError(`${name} gave columns that are ${told(given.columns)}; expected a mapping of columns`);
  }
  const columns = Object.entries(given.columns).map(([column, values]): [string, Column] => [
    column,
    columnOf(values, `${name}: the column ${column}`),
  ]);
  return artifact(output, Object.fromEntries(columns), given.metadata, given.summary);
}

/** An error of a module's stage with a message that says more than `null`. */
export function moduleError(error: unknown, stage: Pick<Stage, "module" | "name">): unknown {
  if (stage.module === undefined || error instanceof Error) return error;
  return new Error(`${nameOf(stage)} threw ${told(error)}; expected an Error`);
}

function nameOf({ module, name }: Pick<Stage, "module" | "name">): string {
  return module ? basename(module.path) : name;
}

function columnOf(values: unknown, place: string): Column {
  const expected = "expected a Float64Array, Float32Array or Int32Array, a list of numbers, of texts or of Uint8Arrays";
  if (values instanceof Float64Array || values instanceof Float32Array || values instanceof Int32Array) return values;
  if (Array.isArray(values)) {
    // Unlike every, findIndex sees the rows that a list lacks.
    const isAll = (fits: (value: unknown) => boolean) => values.findIndex((value) => !fits(value)) < 0;
    if (values.length > 0 && isAll((value) => typeof value === "number")) return Float64Array.from(values);
    const isText = isAll((value) => typeof value === "string");
    if (isText || isAll((value) => value instanceof Uint8Array)) return values as string[] | Uint8Array[];
    const kindOf = (value: unknown) => (value instanceof Uint8Array ? "bytes" : typeof value);
    const kind = ["number", "string", "bytes"].find((known) => known === kindOf(values[0]));
    const row = values.findIndex((value) => kindOf(value) !== kind);
    throw new TypeError(`${place} has ${told(values[row])} in row ${row + 1}; ${expected}`);
  }
  if (isMapping(values) && "values" in values && ("width" in values || "offsets" in values)) {
    return { ...values, values: listOf(values.values, place) } as Column;
  }
  throw new TypeError(`${place} is ${told(values)}; ${expected}, { width, values } or { offsets, values }`);
}

function listOf(values: unknown, place: string): unknown {
  if (ArrayBuffer.isView(values)) return values;
  if (Array.isArray(values) && values.findIndex((value) => typeof value !== "number") < 0)
    return Float64Array.from(values);
  throw new TypeError(`${place} has values that are ${told(values)}; expected an array of numbers`);
}

/** Throws TypeError that names the first value that JSON cannot hold; undefined is left out, as in JSON. */
function requirePlain(value: unknown, place: string, above: readonly unknown[] = []): void {
  const fault = (reason: string) => {
    const name = place.length > 100 ? `${place.slice(0, 100)}…` : place;
    return new TypeError(`${name} is not plain JSON: ${reason}`);
  };
  if (value === null || ["undefined", "number", "string", "boolean"].includes(typeof value)) return;
  if (typeof value !== "object") throw fault(`it is a ${typeof value}`);
  if (above.includes(value)) throw fault("it contains itself");
  if (above.length === DEEPEST) throw fault(`it is nested more than ${DEEPEST} levels deep`);
  const inside = [...above, value];
  if (Array.isArray(value)) {
    value.forEach((item, i) => {
      requirePlain(item, `${place}[${i}]`, inside);
    });
    return;
  }
  const prototype = Object.getPrototypeOf(value);
  // A module's own Object may be that of another realm.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw fault(`it is a ${prototype.constructor?.name || "class"}`);
  for (const [name, item] of Object.entries(value)) requirePlain(item, `${place}.${name}`, inside);
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function told(value: unknown): string {
  if (value === null || value === undefined || typeof value === "function") return String(value).slice(0, 60);
  if (ArrayBuffer.isView(value)) return value.constructor.name;
  try {
    return shown(value);
  } catch {
    return typeof value === "object" ? "an object" : `a ${typeof value}`;
  }
}
