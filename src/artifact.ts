/**
 * Artifacts: what stages hand to each other. In memory plain columns; on disk one Arrow IPC file with a kind, checked
 * columns and metadata. Nothing else in the program knows Arrow.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import {
  Binary,
  type Data,
  DataType,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int32,
  List,
  Message,
  makeData,
  Precision,
  RecordBatch,
  RecordBatchFileWriter,
  RecordBatchReader,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  tableFromIPC,
  Uint8,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { canonicalJson, parseCanonicalJson } from "./canonicalJson.js";

/** A fixed-size list a row: row i is values[i·width … (i+1)·width). */
export interface VectorColumn {
  width: number;
  values: Float64Array | Float32Array | Int32Array | Uint8Array;
}

/** A list of any length a row: row i is values[offsets[i] … offsets[i+1]). */
export interface ListColumn {
  offsets: Int32Array;
  values: Int32Array | Float64Array;
}

export type Column = Float64Array | Float32Array | Int32Array | string[] | Uint8Array[] | VectorColumn | ListColumn;

/** Facts about an artifact that are not rows: units, shape, provenance. Plain JSON; NaN and Infinity are kept. */
export type Metadata = Record<string, unknown>;

/** Headline numbers, in the order in which people see them. */
export type Summary = Record<string, number | string>;

export interface Artifact {
  kind: ArtifactKind;
  columns: Record<string, Column>;
  metadata: Metadata;
  summary: Summary;
}

type ColumnType = "f64" | "int" | "string" | "binary" | "vector" | "list";

/** The leading columns of each kind (DESIGN: stages and artifacts). More columns may follow. */
const leadingColumns = {
  dataset: { input: "vector", target: "vector" },
  model: { step: "int", loss: "f64", weights: "vector" },
  directions: { vector: "vector", eigenvalue: "f64", residual: "f64" },
  grid: { loss: "f64" },
  points: { loss: "f64" },
  tree: {
    vertex: "int",
    value: "f64",
    type: "string",
    parent: "int",
    size: "int",
    meanLoss: "f64",
    members: "list",
  },
  barcode: { dimension: "int", birth: "f64", death: "f64", birthVertex: "int", deathVertex: "int" },
  profile: { basin: "int", parent: "int", value: "f64", left: "f64", right: "f64", meanLoss: "f64" },
  spectrum: { block: "string", quantity: "string", position: "f64", value: "f64", error: "f64" },
  embedding: { coordinates: "vector", loss: "f64", epoch: "f64", trajectory: "int" },
  paths: { from: "int", to: "int", position: "f64", loss: "f64" },
  table: {},
  figure: { spec: "string", svg: "string", png: "binary" },
  report: { html: "string" },
} as const satisfies Record<string, Record<string, ColumnType>>;

export type ArtifactKind = keyof typeof leadingColumns;
export const artifactKinds = Object.keys(leadingColumns) as ArtifactKind[];

/** The leading columns of a kind and their types. */
export function leadingTypes(kind: ArtifactKind): Readonly<Record<string, ColumnType>> {
  return leadingColumns[kind];
}

/** Rows of one record batch hold at most this many bytes: larger batches cost memory, and above 2 GB read back empty. */
const BATCH_BYTES = 64 * 2 ** 20;

/** Checks the leading columns of `kind` and that all columns are equally long. Throws TypeError naming the column. */
export function artifact(
  kind: ArtifactKind,
  columns: Record<string, Column>,
  metadata: Metadata = {},
  summary: Summary = {},
): Artifact {
  for (const [name, type] of Object.entries(leadingColumns[kind])) {
    const found = Object.hasOwn(columns, name) ? columnType(columns[name]) : "no column";
    if (found !== type) throw new TypeError(`${kind}.${name} is ${found}; expected ${type}`);
  }
  const lengths = Object.entries(columns).map(([name, column]) => [name, columnLength(column)] as const);
  for (const [name, length] of lengths) {
    if (length !== lengths[0][1]) {
      throw new TypeError(`${kind}.${name} has ${length} rows; expected ${lengths[0][1]} as in ${lengths[0][0]}`);
    }
  }
  return { kind, columns, metadata, summary };
}

export function rowCount(of: Artifact): number {
  const [first] = Object.values(of.columns);
  return first === undefined ? 0 : columnLength(first);
}

/** A column of numbers as f64. Throws TypeError when it is absent or not numeric. */
export function numbers(of: Artifact, name: string): Float64Array {
  const column = Object.hasOwn(of.columns, name) ? of.columns[name] : undefined;
  if (column instanceof Float64Array) return column;
  if (column instanceof Float32Array || column instanceof Int32Array) return Float64Array.from(column);
  throw new TypeError(`${of.kind} has no numeric column "${name}"; it has ${Object.keys(of.columns).join(", ")}`);
}

/** Row `row` of a column of vectors, as f64. Throws TypeError when the column is absent or of another type. */
export function vectorAt(of: Artifact, name: string, row: number): Float64Array {
  const { width, values } = vectorColumn(of, name);
  return Float64Array.from(values.subarray(row * width, (row + 1) * width));
}

/** All rows of a column of vectors, as views in their own number type. Throws TypeError as vectorAt. */
export function vectorRows(of: Artifact, name: string): VectorColumn["values"][] {
  const { width, values } = vectorColumn(of, name);
  return Array.from({ length: rowCount(of) }, (_, row) => values.subarray(row * width, (row + 1) * width));
}

function vectorColumn(of: Artifact, name: string): VectorColumn {
  const column = Object.hasOwn(of.columns, name) ? of.columns[name] : undefined;
  if (column === undefined || columnType(column) !== "vector") {
    throw new TypeError(`${of.kind} has no column of vectors "${name}"`);
  }
  return column as VectorColumn;
}

/** The list in a row, as a view. */
export function listAt(column: VectorColumn | ListColumn, row: number): VectorColumn["values"] {
  return "width" in column
    ? column.values.subarray(row * column.width, (row + 1) * column.width)
    : column.values.subarray(column.offsets[row], column.offsets[row + 1]);
}

/**
 * An artifact whose rows are never all in memory, on their way into a file: those of its pieces, which have the same columns, one
 * after the other.
 */
export interface ArtifactInPieces extends Omit<Artifact, "columns"> {
  pieces: Iterable<Pick<Artifact, "columns">>;
}

/** What `make` gives for each item, made anew whenever it comes up, and kept by nobody. */
export function lazily<T, R>(items: readonly T[], make: (item: T) => R): Iterable<R> {
  return {
    *[Symbol.iterator]() {
      for (const item of items) yield make(item);
    },
  };
}

/** With all rows in memory. */
export function wholeArtifact(of: Artifact | ArtifactInPieces): Artifact {
  if ("columns" in of) return of;
  const { pieces, kind, metadata, summary } = of;
  return concatenate(Array.from(pieces, ({ columns }) => artifact(kind, columns, metadata, summary)));
}

/** Rows of several artifacts of one kind and the same columns, one after the other, with the metadata and summary of the first. */
export function concatenate(pieces: Artifact[]): Artifact {
  return gathered(
    pieces,
    pieces.reduce((rows, piece) => rows + rowCount(piece), 0),
  );
}

/** The same of pieces that are there one at a time; `rows` is how many rows they have together. */
function gathered(pieces: Iterable<Artifact>, rows: number): Artifact {
  let first: Artifact | undefined;
  const columns: Record<string, Column> = {};
  const lists: Record<string, Column[]> = {};
  let at = 0;
  for (const piece of pieces) {
    for (const name of Object.keys((first ??= piece).columns)) {
      const column = piece.columns[name];
      if (Array.isArray(column)) columns[name] = [...((columns[name] ?? []) as string[]), ...(column as string[])];
      else if (ArrayBuffer.isView(column)) {
        columns[name] ??= arrayLike(column, rows);
        (columns[name] as Float64Array).set(column, at);
      } else if ("width" in column) {
        columns[name] ??= { width: column.width, values: arrayLike(column.values, rows * column.width) };
        (columns[name] as VectorColumn).values.set(column.values, at * column.width);
      } else {
        columns[name] ??= column;
        lists[name] = [...(lists[name] ?? []), column];
      }
    }
    at += rowCount(piece);
  }
  const { kind, metadata, summary } = first as Artifact;
  for (const name of Object.keys(lists)) columns[name] = concatenateLists(lists[name] as ListColumn[]);
  return artifact(kind, columns, metadata, summary);
}

function arrayLike<T extends VectorColumn["values"]>(other: T, length: number): T {
  return new (other.constructor as new (length: number) => T)(length);
}

function concatenateLists(lists: ListColumn[]): ListColumn {
  const offsets = new Int32Array(1 + lists.reduce((sum, list) => sum + list.offsets.length - 1, 0));
  let row = 0;
  for (const list of lists) {
    const base = offsets[row] - list.offsets[0];
    for (let i = 1; i < list.offsets.length; i++) offsets[++row] = base + list.offsets[i];
  }
  return {
    offsets,
    values: concatenateNumbers(lists.map((c) => c.values.subarray(c.offsets[0], c.offsets.at(-1)))),
  };
}

function concatenateNumbers<T extends Float64Array | Float32Array | Int32Array | Uint8Array>(arrays: T[]): T {
  const total = arrays.reduce((sum, array) => sum + array.length, 0);
  const joined = new (arrays[0].constructor as new (length: number) => T)(total);
  let at = 0;
  for (const array of arrays) {
    joined.set(array, at);
    at += array.length;
  }
  return joined;
}

/** The artifact as the bytes of an Arrow IPC file, in record batches of at most 64 MB. The same artifact gives the same bytes. */
export function encodeArtifact(of: Artifact): Uint8Array {
  const parts: Uint8Array[] = [];
  writeArtifact(of, (part) => parts.push(part));
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Takes the bytes of a file in order, part by part. */
export type Write = (part: Uint8Array) => void;

/**
 * The same, part by part; numbers come as views of their columns, not copied. Throws TypeError for pieces whose columns are not of
 * the kind or not those of the first.
 */
export function writeArtifact(of: Artifact | ArtifactInPieces, write: Write): void {
  let writer: FileWriter | undefined;
  let first: Field[] | undefined;
  for (const piece of "pieces" in of ? of.pieces : [of]) {
    const { columns } = artifact(of.kind, piece.columns);
    const rows = rowCount({ ...of, columns });
    const bytesPerRow = Object.values(columns).reduce((sum, column) => sum + byteLength(column), 0) / Math.max(rows, 1);
    const rowsPerBatch = Math.max(1, Math.floor(BATCH_BYTES / Math.max(bytesPerRow, 1)));
    const names = Object.keys(columns);
    const types = names.map((name) => arrowData(columns[name], 0, 0).type);
    const fields = names.map((name, i) => new Field(name, types[i], false));
    if (String(fields) !== String((first ??= fields))) {
      throw new TypeError(`a piece of a ${of.kind} has the columns ${fields}; expected ${first}, as the first has`);
    }
    const schema = new Schema(fields, writer ? undefined : schemaMetadata(of));
    writer ??= new FileWriter(write).reset(undefined, schema);
    for (let start = 0; start < rows; start += rowsPerBatch) {
      const end = Math.min(rows, start + rowsPerBatch);
      const children = names.map((name) => arrowData(columns[name], start, end));
      const struct = makeData({ type: new Struct(fields), length: end - start, nullCount: 0, children });
      writer.write(new RecordBatch(schema, struct));
    }
  }
  writer?.finish();
}

function schemaMetadata({ kind, metadata, summary }: Omit<Artifact, "columns">): Map<string, string> {
  return new Map([
    ["kind", kind],
    ["metadata", canonicalJson(metadata)],
    ["summary", canonicalJson(Object.entries(summary))],
  ]);
}

/** Arrow's writer keeps all that it has written; this one gives it away. */
class FileWriter extends RecordBatchFileWriter {
  constructor(private readonly give: Write) {
    super();
  }

  protected override _write(chunk: ArrayBufferView) {
    const { buffer, byteOffset, byteLength } = chunk;
    if (this._started && byteLength > 0) {
      this.give(new Uint8Array(buffer, byteOffset, byteLength));
      this._position += byteLength;
    }
    return this;
  }
}

/** An artifact from a file of any size. Beside its columns no more than one record batch is in memory. Throws as decodeArtifact. */
export function readArtifact(path: string): Artifact {
  if (statSync(path).size <= 2 * BATCH_BYTES) return decodeArtifact(readFileSync(path));
  const file = openSync(path, "r");
  try {
    const batches = batchesOf(file);
    const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
    return gathered(decoded(file, schemaMessage(file), batches), rows);
  } finally {
    closeSync(file);
  }
}

/** A schema and one record batch are an Arrow stream, which is decoded as a file is. */
function* decoded(file: number, head: Uint8Array, batches: Batch[]): Generator<Artifact> {
  for (const { start, length } of batches) {
    const bytes = new Uint8Array(head.length + length);
    bytes.set(head);
    bytes.set(bytesAt(file, start, length), head.length);
    yield decodeArtifact(bytes);
  }
}

/** Where a record batch lies in a file, with the message that describes it, and how many rows it holds. */
interface Batch {
  start: number;
  length: number;
  rows: number;
}

const MAGIC = new TextEncoder().encode("ARROW1\0\0");

/** The record batches of an Arrow file: each has a message in front, and after the last comes one of size 0. */
function batchesOf(file: number): Batch[] {
  const batches: Batch[] = [];
  for (let start = MAGIC.length; ; ) {
    const [mark, size] = new Int32Array(bytesAt(file, start, 8).buffer);
    if (mark !== -1) throw new TypeError(`an Arrow file with ${mark} at byte ${start}, where a message begins with -1`);
    if (size === 0) return batches;
    const message = Message.decode(bytesAt(file, start + 8, size));
    const length = 8 + size + message.bodyLength;
    if (message.isRecordBatch()) batches.push({ start, length, rows: message.header().length });
    start += length;
  }
}

/** The message that an Arrow stream begins with. The schema of a file is in its footer, whose length stands before the last six bytes. */
function schemaMessage(file: number): Uint8Array {
  const { size } = fstatSync(file);
  const [length] = new Int32Array(bytesAt(file, size - 10, 4).buffer);
  const withoutRows = new Uint8Array(MAGIC.length + length + 10);
  withoutRows.set(MAGIC);
  withoutRows.set(bytesAt(file, size - 10 - length, length + 10), MAGIC.length);
  const { schema } = RecordBatchReader.from(withoutRows).open();
  const stream = new RecordBatchStreamWriter().reset(undefined, schema).finish().toUint8Array(true);
  return stream.subarray(0, -8);
}

function bytesAt(file: number, start: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const read = readSync(file, bytes, at, length - at, start + at);
    if (read === 0) throw new TypeError(`an Arrow file that ends at byte ${start + at}, within a message`);
    at += read;
  }
  return bytes;
}

/** Reads the bytes of an Arrow IPC file back. Throws TypeError when they are not an artifact, or a column does not fit its kind. */
export function decodeArtifact(bytes: Uint8Array): Artifact {
  const table = tableFromIPC(bytes);
  const kind = table.schema.metadata.get("kind") as ArtifactKind | undefined;
  if (kind === undefined || !Object.hasOwn(leadingColumns, kind)) {
    throw new TypeError(`an Arrow file of kind ${JSON.stringify(kind)}; expected one of ${artifactKinds.join(", ")}`);
  }
  const columns = Object.fromEntries(
    table.schema.fields.map((field, i) => [field.name, fromArrow(table.getChildAt(i) as Vector)]),
  );
  const json = (name: string) => parseCanonicalJson(table.schema.metadata.get(name) ?? "null");
  const metadata = (json("metadata") ?? {}) as Metadata;
  const summary = Object.fromEntries((json("summary") ?? []) as [string, number | string][]);
  const decoded = artifact(kind, columns, metadata, summary);
  if (rowCount(decoded) !== table.numRows) {
    throw new TypeError(`an Arrow file of ${table.numRows} rows gave back ${rowCount(decoded)}`);
  }
  return decoded;
}

function columnType(column: Column): ColumnType | "f32" {
  if (column instanceof Float64Array) return "f64";
  if (column instanceof Float32Array) return "f32";
  if (column instanceof Int32Array) return "int";
  if (Array.isArray(column)) return column.some((item) => item instanceof Uint8Array) ? "binary" : "string";
  return "width" in column ? "vector" : "list";
}

function columnLength(column: Column): number {
  if (Array.isArray(column) || ArrayBuffer.isView(column)) return column.length;
  return "width" in column ? column.values.length / column.width : column.offsets.length - 1;
}

function byteLength(column: Column): number {
  if (ArrayBuffer.isView(column)) return column.byteLength;
  if (Array.isArray(column)) return column.reduce((sum, item) => sum + item.length, 0);
  return column.values.byteLength + ("offsets" in column ? column.offsets.byteLength : 0);
}

/** Rows start … end of a column as Arrow data; numbers are viewed, not copied. */
function arrowData(column: Column, start: number, end: number): Data {
  const length = end - start;
  if (column instanceof Float64Array) {
    return makeData({ type: new Float64(), length, nullCount: 0, data: column.subarray(start, end) });
  }
  if (column instanceof Float32Array) {
    return makeData({ type: new Float32(), length, nullCount: 0, data: column.subarray(start, end) });
  }
  if (column instanceof Int32Array) {
    return makeData({ type: new Int32(), length, nullCount: 0, data: column.subarray(start, end) });
  }
  if (Array.isArray(column)) {
    const type = columnType(column) === "binary" ? new Binary() : new Utf8();
    return length === 0
      ? makeData({ type })
      : vectorFromArray(column.slice(start, end) as string[], type as Utf8).data[0];
  }
  if ("width" in column) {
    const { width, values } = column;
    const child =
      values instanceof Uint8Array
        ? makeData({
            type: new Uint8(),
            length: length * width,
            nullCount: 0,
            data: values.subarray(start * width, end * width),
          })
        : arrowData(values, start * width, end * width);
    const type = new FixedSizeList(width, new Field("item", child.type, false));
    return makeData({ type, length, nullCount: 0, child });
  }
  const from = column.offsets[start];
  const child = arrowData(column.values, from, column.offsets[end]);
  const valueOffsets = column.offsets.slice(start, end + 1).map((offset) => offset - from);
  return makeData({ type: new List(new Field("item", child.type, false)), length, nullCount: 0, valueOffsets, child });
}

function fromArrow(vector: Vector): Column {
  const { type } = vector;
  const data = vector.data.filter(({ length }) => length > 0);
  // Types read from a file are instances of the general classes, so they are told apart by their ids.
  if (DataType.isFloat(type) || DataType.isInt(type)) return numbersOf(data, type);
  if (DataType.isUtf8(type)) return Array.from(vector as Vector<Utf8>, (item) => item ?? "");
  if (DataType.isBinary(type)) return Array.from(vector as Vector<Binary>, (item) => item ?? new Uint8Array());
  if (DataType.isFixedSizeList(type)) {
    const children = data.map(({ children }) => children[0]);
    return { width: type.listSize, values: numbersOf(children, type.children[0].type) as VectorColumn["values"] };
  }
  if (DataType.isList(type)) {
    const item = type.children[0].type;
    const chunks = data.map(({ valueOffsets, length, children }) => ({
      // The buffer is padded beyond the last offset.
      offsets: (valueOffsets as Int32Array).subarray(0, length + 1),
      values: numbersOf(children, item) as ListColumn["values"],
    }));
    const none = { offsets: new Int32Array(1), values: numbersOf([], item) as ListColumn["values"] };
    return concatenateLists(chunks.length > 0 ? chunks : [none]);
  }
  throw new TypeError(`an Arrow column of type ${type}; expected numbers, text, binary or lists of numbers`);
}

/** The numbers of a column's chunks: a view where there is one chunk. */
function numbersOf(chunks: readonly Data[], type: DataType): Float64Array | Float32Array | Int32Array {
  const empty = emptyArrayOf(type);
  if (empty === undefined) throw new TypeError(`an Arrow column of ${type}; expected Float64, Float32, Int32 or Uint8`);
  const values = chunks.map((data) => (data.values as Float64Array).subarray(0, data.length));
  return values.length === 1 ? values[0] : concatenateNumbers([empty as Float64Array, ...values]);
}

function emptyArrayOf(type: DataType): VectorColumn["values"] | undefined {
  if (DataType.isFloat(type) && type.precision === Precision.DOUBLE) return new Float64Array();
  if (DataType.isFloat(type) && type.precision === Precision.SINGLE) return new Float32Array();
  if (DataType.isInt(type) && type.bitWidth === 32 && type.isSigned) return new Int32Array();
  if (DataType.isInt(type) && type.bitWidth === 8 && !type.isSigned) return new Uint8Array();
  return undefined;
}
