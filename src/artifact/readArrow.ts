/**
 * Checks Arrow files and streams from outside before and after apache-arrow reads them. The library trusts every length
 * in them, so a damaged file could make it read forever or exhaust memory. The layout is that of "Arrow Columnar
 * Format", IPC.
 */
import { type Table as ArrowTable, type Data, DataType, tableFromIPC } from "./arrow.js";
import { checkFlatBuffer, type Table } from "./flatbuffers.js";

const keyValues = { tables: (): Table => ({ 0: "text", 1: "text" }) };
const int: Table = {};
const dictionaryEncoding: Table = { 1: { table: () => int } };
/** Among all types, only a union has a vector, at field 1. */
const UNION = 14;
const types = Object.fromEntries(
  Array.from({ length: 32 }, (_, type) => [type, (): Table => (type === UNION ? { 1: { structs: 4 } } : {})]),
);
const field: Table = {
  0: "text",
  3: { union: 2, types },
  4: { table: () => dictionaryEncoding },
  5: { tables: () => field },
  6: keyValues,
};
const schema: Table = { 1: { tables: () => field }, 2: keyValues, 3: { structs: 8 } };
const recordBatch: Table = { 1: { structs: 16 }, 2: { structs: 16 }, 3: { table: () => ({}) }, 4: { structs: 8 } };
const dictionaryBatch: Table = { 1: { table: () => recordBatch } };
const message: Table = {
  2: { union: 1, types: { 1: () => schema, 2: () => dictionaryBatch, 3: () => recordBatch } },
  4: keyValues,
};
const BLOCK_BYTES = 24;
const footer: Table = {
  1: { table: () => schema },
  2: { structs: BLOCK_BYTES },
  3: { structs: BLOCK_BYTES },
  4: keyValues,
};

const MAGIC = "ARROW1";
/** The length of the footer, then the magic again. */
const TAIL = 10;

/**
 * The table in the bytes of an Arrow file or stream. Throws TypeError for bytes that are neither or are cut short, and
 * when a column does not fill the rows that it claims. The time for this depends on the number of bytes alone.
 */
export function readArrow(bytes: Uint8Array): ArrowTable {
  const isStream = bytes.length >= 4 && bytes.subarray(0, 4).every((byte) => byte === 0xff);
  if (latin(bytes, 0, MAGIC.length) === MAGIC) checkFile(bytes);
  else if (isStream) checkMessages(bytes, 0);
  else throw new TypeError("not an Arrow file");
  const table = read(bytes);
  for (const { data } of table.batches) checkData(data, bytes.length);
  return table;
}

function read(bytes: Uint8Array): ArrowTable {
  try {
    return tableFromIPC(bytes);
  } catch (error) {
    throw new TypeError(`a damaged Arrow file: ${(error as Error).message}`);
  }
}

const latin = (bytes: Uint8Array, start: number, end: number) =>
  Buffer.from(bytes.subarray(start, end)).toString("latin1");

function checkFile(bytes: Uint8Array): void {
  const end = bytes.length - TAIL;
  if (end < 8 || latin(bytes, bytes.length - MAGIC.length, bytes.length) !== MAGIC) {
    throw new TypeError(`an Arrow file that is cut short: its last bytes are not ${MAGIC}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getInt32(end, true);
  if (length <= 0 || length > end - 8) {
    throw new TypeError(`an Arrow file whose footer has ${length} bytes; ${end - 8} are there`);
  }
  const description = bytes.subarray(end - length, end);
  checkDescription(description, footer, "footer");
  let claimed = 0;
  for (const { type, offset, messageLength, bodyLength } of blocksOf(description)) {
    claimed += messageLength + bodyLength;
    // Blocks that overlap would be read again and again.
    if (
      messageLength < 8 ||
      bodyLength < 0 ||
      offset < 8 ||
      offset + messageLength + bodyLength > end - length ||
      claimed > end
    ) {
      throw new TypeError(
        `an Arrow file with a block of ${messageLength} + ${bodyLength} bytes at byte ${offset} of ${end}`,
      );
    }
    checkMessage(bytes, offset, type);
  }
}

/** The types of messages that a footer refers to. */
const DICTIONARY_BATCH = 2;
const RECORD_BATCH = 3;

interface Block {
  type: number;
  offset: number;
  messageLength: number;
  bodyLength: number;
}

/** The positions of all dictionaries and record batches: fields 2 and 3 of a footer that has been checked. */
function blocksOf(description: Uint8Array): Block[] {
  const view = new DataView(description.buffer, description.byteOffset, description.byteLength);
  return [DICTIONARY_BATCH, RECORD_BATCH].flatMap((type) => {
    // The fields have the numbers of the types.
    const at = fieldAt(view, view.getUint32(0, true), type);
    if (at === undefined) return [];
    return structsAt(view, at, BLOCK_BYTES).map((block) => ({
      type,
      offset: Number(view.getBigInt64(block, true)),
      messageLength: view.getInt32(block + 8, true),
      bodyLength: Number(view.getBigInt64(block + 16, true)),
    }));
  });
}

/** The position of a field of a table, if the table has it. */
function fieldAt(view: DataView, table: number, number: number): number | undefined {
  const vtable = table - view.getInt32(table, true);
  const slot = 4 + 2 * number;
  const offset = slot + 2 <= view.getUint16(vtable, true) ? view.getUint16(vtable + slot, true) : 0;
  return offset === 0 ? undefined : table + offset;
}

/** The positions of the structures in the vector that a field refers to. */
function structsAt(view: DataView, field: number, bytes: number): number[] {
  const vector = field + view.getUint32(field, true);
  return Array.from({ length: view.getUint32(vector, true) }, (_, i) => vector + 4 + bytes * i);
}

/** The number in a field of a table, 0 for one that is absent or does not fit. */
function longAt(view: DataView, table: number, number: number): number {
  const at = fieldAt(view, table, number);
  return at === undefined || at + 8 > view.byteLength ? 0 : Number(view.getBigInt64(at, true));
}

/** The messages of a stream, one after the other, up to a message of length 0 or the end. */
function checkMessages(bytes: Uint8Array, start: number): void {
  for (let at = start; at < bytes.length; ) {
    const next = checkMessage(bytes, at);
    if (next === undefined) return;
    at = next;
  }
}

/**
 * Checks the message at a byte, and its type where one is expected: apache-arrow reads a block of a file again and
 * again until it finds that. Returns the start of the next message; undefined after the last.
 */
function checkMessage(bytes: Uint8Array, start: number, expected?: number): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cut = () => new TypeError(`an Arrow file that ends within the message at byte ${start}`);
  if (start + 8 > bytes.length) throw cut();
  // Before version 0.15 there was no mark before the length.
  const marked = view.getInt32(start, true) === -1;
  const from = start + (marked ? 8 : 4);
  const length = view.getInt32(from - 4, true);
  if (length === 0 && expected === undefined) return undefined;
  if (length <= 0 || from + length > bytes.length) throw cut();
  const description = bytes.subarray(from, from + length);
  checkDescription(description, message, `message at byte ${start}`);
  const type = messageType(description);
  if (expected !== undefined && type !== expected) {
    throw new TypeError(`an Arrow file with a message of type ${type} at byte ${start}; expected ${expected}`);
  }
  checkRows(description, bytes.length);
  const body = bodyLengthOf(description);
  if (body < 0 || from + length + body > bytes.length) throw cut();
  return from + length + body;
}

function checkDescription(bytes: Uint8Array, table: Table, what: string): void {
  try {
    checkFlatBuffer(bytes, table);
  } catch (error) {
    throw new TypeError(`an Arrow file with a damaged ${what}: ${(error as Error).message}`);
  }
}

/** Field 3 of a message that has been checked. */
function bodyLengthOf(description: Uint8Array): number {
  const view = new DataView(description.buffer, description.byteOffset, description.byteLength);
  return longAt(view, view.getUint32(0, true), 3);
}

/** Field 1 of a message that has been checked; 0 where it is absent. */
function messageType(description: Uint8Array): number {
  const view = new DataView(description.buffer, description.byteOffset, description.byteLength);
  const at = fieldAt(view, view.getUint32(0, true), 1);
  return at === undefined ? 0 : view.getUint8(at);
}

const NODE_BYTES = 16;

/**
 * Checks the rows that the record batch of a message claims for itself and its columns, if the message has one:
 * apache-arrow allocates a bit for each before it looks at the buffers. `size` is that of the file in bytes.
 */
function checkRows(description: Uint8Array, size: number): void {
  const view = new DataView(description.buffer, description.byteOffset, description.byteLength);
  const root = view.getUint32(0, true);
  const type = messageType(description);
  if (type !== DICTIONARY_BATCH && type !== RECORD_BATCH) return;
  const headerAt = fieldAt(view, root, 2);
  const header = headerAt && headerAt + view.getUint32(headerAt, true);
  const batchAt = header && type === DICTIONARY_BATCH ? fieldAt(view, header, 1) : undefined;
  const batch = type === RECORD_BATCH ? header : batchAt && batchAt + view.getUint32(batchAt, true);
  if (batch === undefined) return;
  const nodesAt = fieldAt(view, batch, 1);
  const nodes = nodesAt === undefined ? [] : structsAt(view, nodesAt, NODE_BYTES);
  const lengths = [longAt(view, batch, 0), ...nodes.map((node) => Number(view.getBigInt64(node, true)))];
  const wrong = lengths.find((length) => !(length >= 0 && length <= MOST_ROWS_PER_BYTE * size));
  if (wrong !== undefined) throw new TypeError(`an Arrow file of ${size} bytes that claims ${wrong} rows`);
}

/** A column of booleans has eight rows in a byte. */
const MOST_ROWS_PER_BYTE = 8;

/**
 * Checks that the buffers of a column, and those of the columns inside it, hold as many entries as it claims. `size` is
 * that of the file in bytes.
 */
function checkData(data: Data, size: number): void {
  const { type, length, children } = data;
  const fail = (what: string): never => {
    throw new TypeError(`an Arrow file with ${length} rows of ${type} and ${what}`);
  };
  if (!(length >= 0) || length > MOST_ROWS_PER_BYTE * size) fail(`${size} bytes in all`);
  if (length === 0) return;
  if (data.nullCount > 0 && (data.nullBitmap?.length ?? 0) < Math.ceil(length / 8))
    fail("too few bits that tell nulls");
  if (DataType.isDictionary(type)) {
    if (data.values.length < length) fail(`${data.values.length} indices`);
    return;
  }
  if (DataType.isStruct(type) || DataType.isFixedSizeList(type)) {
    const each = DataType.isFixedSizeList(type) ? type.listSize : 1;
    if (each < 0) fail(`lists of ${each}`);
    for (const child of children) if (child.length < length * each) fail(`${child.length} entries inside`);
  } else if (DataType.isUtf8(type) || DataType.isBinary(type) || DataType.isList(type) || DataType.isMap(type)) {
    checkOffsets(
      data.valueOffsets,
      length,
      DataType.isUtf8(type) || DataType.isBinary(type) ? data.values.length : children[0].length,
      fail,
    );
  } else if (DataType.isLargeUtf8(type) || DataType.isLargeBinary(type)) {
    checkOffsets(Array.from(data.valueOffsets as BigInt64Array, Number), length, data.values.length, fail);
  } else if (DataType.isBool(type)) {
    if (data.values.length < Math.ceil(length / 8)) fail(`${data.values.length} bytes`);
  } else if (DataType.isFloat(type) || DataType.isInt(type)) {
    if (data.values.length < length) fail(`${data.values.length} numbers`);
  }
  for (const child of children) checkData(child, size);
}

function checkOffsets(offsets: ArrayLike<number>, length: number, end: number, fail: (what: string) => never): void {
  if (offsets.length < length + 1) fail(`${offsets.length} offsets`);
  for (let i = 0; i <= length; i++) {
    const least = i === 0 ? 0 : offsets[i - 1];
    if (!(offsets[i] >= least && offsets[i] <= end)) fail(`the offset ${offsets[i]} after ${least}, of ${end} at most`);
  }
}
