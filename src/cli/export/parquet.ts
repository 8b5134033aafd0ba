import type { SchemaElement } from "hyparquet";
import { type Artifact, type Column, listAt, rowCount } from "../../artifact/artifact.js";

/** A Parquet file. Vectors and lists are LIST columns; kind and metadata are those of the file. */
export async function parquet(of: Artifact): Promise<Uint8Array> {
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
