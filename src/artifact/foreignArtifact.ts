/** Arrow files that other programs write, as artifacts. */
import { DataType, type Schema, type Vector } from "./arrow.js";
import {
  type Artifact,
  type ArtifactKind,
  artifact,
  type Column,
  leadingTypes,
  type Metadata,
  type Summary,
} from "./artifact.js";
import { readArrow } from "./readArrow.js";

/**
 * Reads an Arrow file or stream as an artifact of a kind. Integers and booleans become int when they fit and the kind
 * asks for int or names no type; otherwise they become f64. Missing numbers become NaN, and missing texts become empty.
 * Lists of numbers are vectors when all have the same length and the kind does not ask for lists. The file's own
 * metadata `metadata` and `summary`, which are JSON mappings, are kept. Throws TypeError for bytes that are not an
 * Arrow file, and names columns that an artifact cannot hold.
 */
export function foreignArtifact(bytes: Uint8Array, kind: ArtifactKind): Artifact {
  const table = readArrow(bytes);
  const wanted: Readonly<Record<string, string>> = leadingTypes(kind);
  const columns = Object.fromEntries(
    table.schema.fields.map(({ name }, i) => [name, columnOf(name, table.getChildAt(i) as Vector, wanted[name])]),
  );
  return artifact(
    kind,
    columns,
    factsOf(table.schema, "metadata") as Metadata,
    factsOf(table.schema, "summary") as Summary,
  );
}

function factsOf(schema: Schema, name: string): object {
  const text = schema.metadata.get(name);
  if (text === undefined) return {};
  try {
    const facts: unknown = JSON.parse(text);
    // This program writes a summary as a list of names and values.
    if (Array.isArray(facts)) return Object.fromEntries(facts as [string, unknown][]);
    if (typeof facts === "object" && facts !== null) return facts;
  } catch {
    // The error follows.
  }
  throw new TypeError(`the metadata "${name}" of the Arrow file is not a JSON mapping`);
}

function columnOf(name: string, vector: Vector, wanted?: string): Column {
  const type = DataType.isDictionary(vector.type) ? vector.type.dictionary : vector.type;
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return Array.from(vector, (item) => item ?? "");
  if (DataType.isBinary(type) || DataType.isLargeBinary(type))
    return Array.from(vector, (item) => item ?? new Uint8Array());
  if (DataType.isFloat(type) || DataType.isInt(type) || DataType.isBool(type)) {
    const values = Float64Array.from(vector, (item) => numberOf(name, item));
    const isWhole = !DataType.isFloat(type) && values.every((value) => value === (value | 0));
    return wanted === "int" || (wanted === undefined && isWhole) ? wholeNumbers(name, values) : values;
  }
  if (DataType.isFixedSizeList(type) || DataType.isList(type)) {
    const rows = Array.from(vector, (row) =>
      Array.from((row ?? []) as Iterable<unknown>, (item) => numberOf(name, item)),
    );
    const width = rows[0]?.length ?? 0;
    if (wanted !== "list" && rows.every((row) => row.length === width)) {
      return { width, values: Float64Array.from(rows.flat()) };
    }
    const offsets = new Int32Array(rows.length + 1);
    for (const [i, row] of rows.entries()) offsets[i + 1] = offsets[i] + row.length;
    return { offsets, values: wanted === "list" ? wholeNumbers(name, rows.flat()) : Float64Array.from(rows.flat()) };
  }
  throw new TypeError(
    `the column "${name}" is of Arrow's type ${type}; expected numbers, text, binary or lists of numbers`,
  );
}

function numberOf(name: string, item: unknown): number {
  if (item === null || item === undefined) return Number.NaN;
  if (typeof item !== "number" && typeof item !== "bigint" && typeof item !== "boolean") {
    throw new TypeError(`the column "${name}" holds ${String(item)}; expected numbers`);
  }
  const value = Number(item);
  if (typeof item === "bigint" && !Number.isSafeInteger(value)) {
    throw new TypeError(
      `the column "${name}" holds ${item}, which f64 cannot hold exactly; expected numbers up to 2^53`,
    );
  }
  return value;
}

function wholeNumbers(name: string, values: ArrayLike<number>): Int32Array {
  return Int32Array.from(values, (value) => {
    if (value === (value | 0)) return value;
    throw new TypeError(`the column "${name}" holds ${value}; expected whole numbers of 32 bits`);
  });
}
