/** Reads tables from Parquet files with hyparquet, which is loaded on demand. */
import type { NumberTable } from "./tableGrid.js";
import { requirePlausible, unpack } from "./unpacking.js";

/**
 * The numbers of a Parquet file by column. Nested columns are left out; missing numbers are NaN. Supports no
 * compression, Snappy, gzip and zlib. `name` begins each message. Rejects with Error for a file that is damaged or uses
 * other compression. Reading a column throws when it holds other things than numbers.
 */
export async function readParquet(
  bytes: Uint8Array,
  name: string,
): Promise<NumberTable & { texts(index: number): string[] }> {
  const columns = await parquetColumns(bytes, name);
  const names = [...columns.keys()];
  const column = (index: number) =>
    Float64Array.from(columns.get(names[index]) ?? [], (value, row) => {
      if (typeof value === "number" || typeof value === "boolean") return Number(value);
      if (typeof value === "bigint" && Number.isSafeInteger(Number(value))) return Number(value);
      if (value === null || value === undefined) return Number.NaN;
      throw new Error(
        `${name}: row ${row + 1} of "${names[index]}" is ${String(value).slice(0, 40)}; expected a number`,
      );
    });
  const rows = columns.get(names[0])?.length ?? 0;
  const texts = (index: number) => Array.from(columns.get(names[index]) ?? [], (value) => String(value ?? ""));
  return { names, rows, width: names.length, lineOf: (row) => row + 1, column, texts };
}

/** The columns of a Parquet file as stored. Rejects like readParquet. */
async function parquetColumns(bytes: Uint8Array, name: string): Promise<Map<string, unknown[]>> {
  const { parquetMetadata, parquetReadObjects } = await import("hyparquet");
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  try {
    const metadata = parquetMetadata(file);
    const flat = metadata.schema.slice(1).filter(({ num_children: children }) => children === undefined);
    const rows = Number(metadata.num_rows);
    requirePlausible(bytes.length, 8 * rows * Math.max(1, flat.length), name);
    for (const { columns } of metadata.row_groups) {
      const known = new Set<string>();
      for (const { meta_data: own } of columns) {
        if (own === undefined) continue;
        requirePlausible(bytes.length, Number(own.total_uncompressed_size), name);
        const path = own.path_in_schema.join(".");
        if (known.has(path)) throw new Error(`it has the column "${path}" twice`);
        known.add(path);
      }
    }
    const top = metadata.schema[0]?.num_children === flat.length ? flat : [];
    if (top.length === 0) throw new Error("it has nested columns; expected plain ones");
    const gunzip = (packed: Uint8Array, size: number) => unpack("gzip", packed, name, size);
    const found = new Map(top.map(({ name: key }): [string, unknown[]] => [key, []]));
    let start = 0;
    for (const { num_rows: count } of metadata.row_groups) {
      const group = { rowStart: start, rowEnd: start + Number(count) };
      // One column at a time: of several that fail together, hyparquet leaves the later rejections to nobody.
      for (const [key, values] of found) {
        const options = { file, metadata, columns: [key], ...group, compressors: { GZIP: gunzip } };
        for (const record of await parquetReadObjects(options)) values.push(record[key]);
      }
      start = group.rowEnd;
    }
    return found;
  } catch (error) {
    const { message } = error as Error;
    throw new Error(message.startsWith(name) ? message : `${name} cannot be read as Parquet: ${message}`);
  }
}
