/**
 * Artifacts as files: one Arrow IPC file each, with its kind and metadata. Only this file and its neighbours know
 * Arrow, which loads slowly. So import this file where you read or write an artifact, not where you define a stage.
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
  Uint8,
  Utf8,
  type Vector,
  vectorFromArray,
} from "./arrow.js";
import {
  type Artifact,
  type ArtifactInPieces,
  type ArtifactKind,
  artifact,
  artifactKinds,
  type Column,
  columnType,
  concatenateLists,
  concatenateNumbers,
  gathered,
  type ListColumn,
  type Metadata,
  rowCount,
  type VectorColumn,
} from "./artifact.js";
import { canonicalJson, parseCanonicalJson } from "./canonicalJson.js";
import { readArrow } from "./readArrow.js";

/**
 * The most bytes in the rows of one record batch. Larger batches cost memory, and above 2 GB they read back empty.
 */
const BATCH_BYTES = 64 * 2 ** 20;

/** An artifact as an Arrow IPC file, in record batches of at most 64 MB. Equal artifacts have equal bytes. */
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

/** Receives the bytes of a file in order, part by part. */
export type Write = (part: Uint8Array) => void;

/**
 * The same, part by part. Numbers are views of their columns, not copies. Throws TypeError for pieces whose columns do
 * not fit the kind or differ from those of the first.
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

/** Arrow's writer keeps all bytes that it has written. This one passes them on. */
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

/**
 * Reads an artifact from a file of any size. Memory holds its columns and at most one record batch. Throws the errors
 * of decodeArtifact.
 */
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

/** A schema and one record batch make an Arrow stream, which is decoded like a file. */
function* decoded(file: number, head: Uint8Array, batches: Batch[]): Generator<Artifact> {
  for (const { start, length } of batches) {
    const bytes = new Uint8Array(head.length + length);
    bytes.set(head);
    bytes.set(bytesAt(file, start, length), head.length);
    yield decodeArtifact(bytes);
  }
}

/** The position of a record batch in a file, with its message, and its number of rows. */
interface Batch {
  start: number;
  length: number;
  rows: number;
}

const MAGIC = new TextEncoder().encode("ARROW1\0\0");

/** The record batches of an Arrow file. Each follows its message, and a message of size 0 follows the last. */
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

/**
 * The message that an Arrow stream begins with. The schema of a file is in its footer, whose length stands before the
 * last six bytes.
 */
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

/**
 * Reads the bytes of an Arrow IPC file. Throws TypeError when they are not an artifact, or a column does not fit its
 * kind.
 */
export function decodeArtifact(bytes: Uint8Array): Artifact {
  const table = readArrow(bytes);
  const kind = table.schema.metadata.get("kind") as ArtifactKind | undefined;
  if (kind === undefined || !artifactKinds.includes(kind)) {
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

function byteLength(column: Column): number {
  if (ArrayBuffer.isView(column)) return column.byteLength;
  if (Array.isArray(column)) return column.reduce((sum, item) => sum + item.length, 0);
  return column.values.byteLength + ("offsets" in column ? column.offsets.byteLength : 0);
}

/** The rows start … end of a column as Arrow data. Numbers are views, not copies. */
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
  // Types read from a file are instances of the general classes, so their ids distinguish them.
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
