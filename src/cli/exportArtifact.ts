/** Artifacts in the formats of other programs. */
import type { SchemaElement } from "hyparquet";
import { type Artifact, type Column, listAt, rowCount } from "../artifact/artifact.js";
import { csv } from "./publish.js";

export type ExportFormat = "csv" | "json" | "parquet" | "npz";

/**
 * An artifact as the bytes of a file.
 *
 * - csv: a column each, vectors one for each entry, lists with spaces between their numbers.
 * - json: { kind, summary, metadata, rows }, NaN and infinities as texts of these names.
 * - parquet: vectors and lists as LIST columns; kind and metadata as the file's own.
 * - npz: an array each, vectors as rows of a matrix; lists as two arrays, `name` and `name_offsets`; texts as UTF-32.
 *   Throws Error for columns of bytes, which NumPy has no type for.
 *
 * The same artifact gives the same bytes.
 */
export async function exportArtifact(of: Artifact, format: ExportFormat): Promise<Uint8Array> {
  switch (format) {
    case "csv":
      return csv(of);
    case "json":
      return json(of);
    case "parquet":
      return parquet(of);
    case "npz":
      return npz(of);
    default:
      return format satisfies never;
  }
}

/** A cell as plain JSON. */
function plainCell(column: Column, row: number): unknown {
  const plain = (value: number) => (Number.isFinite(value) ? value : String(value));
  if (Array.isArray(column)) {
    const item = column[row];
    return typeof item === "string" ? item : Buffer.from(item).toString("base64");
  }
  if (ArrayBuffer.isView(column)) return plain(column[row]);
  return Array.from(listAt(column, row), plain);
}

function json(of: Artifact): Uint8Array {
  const columns = Object.entries(of.columns);
  const rows = Array.from({ length: rowCount(of) }, (_, row) =>
    JSON.stringify(Object.fromEntries(columns.map(([name, column]) => [name, plainCell(column, row)]))),
  );
  const text = (value: unknown) =>
    JSON.stringify(value, (_, item) => (typeof item === "number" && !Number.isFinite(item) ? String(item) : item));
  const facts = `"kind":${text(of.kind)},"summary":${text(of.summary)},"metadata":${text(of.metadata)}`;
  return Buffer.from(`{${facts},"rows":[\n${rows.join(",\n")}\n]}\n`);
}

async function parquet(of: Artifact): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  const rows = rowCount(of);
  const columns = Object.entries(of.columns).map(([name, column]) => ({
    schema: elementsOf(name, column),
    column: {
      name,
      data:
        Array.isArray(column) || ArrayBuffer.isView(column)
          ? column
          : Array.from({ length: rows }, (_, row) => Array.from(listAt(column, row))),
    },
  }));
  const bytes = parquetWriteBuffer({
    columnData: columns.map(({ column }) => column),
    schema: [{ name: "root", num_children: columns.length }, ...columns.flatMap(({ schema }) => schema)],
    kvMetadata: [
      { key: "kind", value: of.kind },
      { key: "metadata", value: JSON.stringify(of.metadata) },
    ],
  });
  return new Uint8Array(bytes);
}

function elementsOf(name: string, column: Column): SchemaElement[] {
  const required = { repetition_type: "REQUIRED" } as const;
  if (Array.isArray(column)) {
    const isText = column.every((item) => typeof item === "string");
    return [{ name, ...required, type: "BYTE_ARRAY" as const, ...(isText && { converted_type: "UTF8" as const }) }];
  }
  if (ArrayBuffer.isView(column)) return [{ name, ...required, type: typeOf(column) }];
  return [
    { name, ...required, num_children: 1, converted_type: "LIST" as const },
    { name: "list", repetition_type: "REPEATED" as const, num_children: 1 },
    { name: "element", ...required, type: typeOf(column.values) },
  ];
}

function typeOf(values: ArrayBufferView) {
  if (values instanceof Float64Array) return "DOUBLE" as const;
  return values instanceof Float32Array ? ("FLOAT" as const) : ("INT32" as const);
}

async function npz(of: Artifact): Promise<Uint8Array> {
  const { zipSync } = await import("fflate");
  const arrays = Object.entries(of.columns).flatMap(([name, column]): [string, Uint8Array][] => {
    if (ArrayBuffer.isView(column)) return [[name, npy(column, [column.length])]];
    if (Array.isArray(column)) return [[name, npyTexts(name, column)]];
    if ("width" in column) return [[name, npy(column.values, [rowCount(of), column.width])]];
    const { offsets, values } = column;
    return [
      [name, npy(values, [values.length])],
      [`${name}_offsets`, npy(offsets, [offsets.length])],
    ];
  });
  const files = Object.fromEntries(arrays.map(([name, bytes]) => [`${name}.npy`, bytes]));
  return zipSync(files, { level: 0, mtime: "1980-01-01T00:00:00" });
}

const descriptions = { Float64Array: "<f8", Float32Array: "<f4", Int32Array: "<i4", Uint8Array: "|u1" };

/** The bytes of a .npy file (NEP 1, version 1.0), the last index fastest. */
function npy(values: Float64Array | Float32Array | Int32Array | Uint8Array, shape: number[]): Uint8Array {
  const description = descriptions[values.constructor.name as keyof typeof descriptions];
  return npyFile(description, shape, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function npyTexts(name: string, texts: readonly (string | Uint8Array)[]): Uint8Array {
  const letters = texts.map((text) => {
    if (typeof text === "string") return Array.from(text, (letter) => letter.codePointAt(0) as number);
    throw new Error(
      `the column "${name}" holds bytes, which npz has no type for; expected format csv, json or parquet`,
    );
  });
  const width = Math.max(1, ...letters.map(({ length }) => length));
  const codes = new Uint32Array(texts.length * width);
  for (const [row, own] of letters.entries()) codes.set(own, row * width);
  return npyFile(`<U${width}`, [texts.length], new Uint8Array(codes.buffer));
}

function npyFile(description: string, shape: number[], numbers: Uint8Array): Uint8Array {
  const size = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '${description}', 'fortran_order': False, 'shape': (${size}), }`;
  // The numbers begin at a multiple of 64 bytes.
  const padded = `${header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11)}\n`;
  const start = Buffer.from(`\x93NUMPY\x01\x00__${padded}`, "latin1");
  start.writeUInt16LE(padded.length, 8);
  return Buffer.concat([start, numbers]);
}
