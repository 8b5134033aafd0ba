/** Reads Protocol Buffers messages (the wire format of proto3) by a table of their fields. */

/** The encoding of a field's values. Integers are read as numbers; those beyond ±2^53 are rounded. */
type FieldKind = "int" | "float" | "double" | "text" | "bytes" | (() => MessageFields);

interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly many?: boolean;
}

/** The fields of a message by number. Unlisted fields are skipped. */
export type MessageFields = Readonly<Record<number, Field>>;

/** A message by the names of its fields. Missing fields are undefined; missing repeated fields are empty lists. */
export type Message = Record<string, unknown>;

/** The deepest nesting of messages. */
const DEPTH_LIMIT = 64;

/** How far some bytes are read; `name` begins each error. */
interface Reader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly name: string;
  at: number;
}

const text = new TextDecoder();

/** Reads a message. Throws Error, beginning with `name`, for bytes that are none. */
export function readMessage(bytes: Uint8Array, fields: MessageFields, name: string): Message {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return message({ bytes, view, name, at: 0 }, fields, bytes.length, 0);
}

const damaged = ({ name, at }: Reader, what: string) => new Error(`${name} is damaged: ${what} at byte ${at}`);

function message(reader: Reader, table: MessageFields, end: number, depth: number): Message {
  if (depth > DEPTH_LIMIT) throw damaged(reader, `messages lie deeper than ${DEPTH_LIMIT} levels`);
  const result: Message = {};
  for (const { name: key, many } of Object.values(table)) if (many) result[key] = [];
  while (reader.at < end) {
    const tag = varint(reader, end);
    const [number, wire] = [Math.floor(tag / 8), tag & 7];
    const field = table[number];
    if (field === undefined) {
      pass(reader, wire, end);
      continue;
    }
    const isPacked = wire === 2 && (field.kind === "int" || field.kind === "float" || field.kind === "double");
    if (wire !== wireOf(field.kind) && !isPacked) throw damaged(reader, `the field ${field.name} has another type`);
    const found = values(reader, field.kind, wire, end, depth);
    if (field.many) {
      const list = result[field.name] as unknown[];
      for (const value of found) list.push(value);
    } else if (found.length > 0) result[field.name] = found[found.length - 1];
  }
  if (reader.at !== end) throw damaged(reader, "a message runs past its end");
  return result;
}

const wireOf = (kind: FieldKind) => (kind === "int" ? 0 : kind === "float" ? 5 : kind === "double" ? 1 : 2);

/** The values of one occurrence of a field: several where numbers are packed. */
function values(reader: Reader, kind: FieldKind, wire: number, end: number, depth: number): unknown[] {
  if (typeof kind === "function") {
    const stop = span(reader, end);
    return [message(reader, kind(), stop, depth + 1)];
  }
  if (kind === "text" || kind === "bytes") {
    const stop = span(reader, end);
    const content = reader.bytes.subarray(reader.at, stop);
    reader.at = stop;
    return [kind === "text" ? text.decode(content) : content];
  }
  const read = (limit: number) =>
    kind === "int" ? varint(reader, limit) : fixed(reader, kind === "float" ? 4 : 8, limit);
  if (wire !== 2) return [read(end)];
  const found: number[] = [];
  for (const stop = span(reader, end); reader.at < stop; ) found.push(read(stop));
  return found;
}

function pass(reader: Reader, wire: number, end: number): void {
  if (wire === 0) varint(reader, end);
  else if (wire === 1) fixed(reader, 8, end);
  else if (wire === 5) fixed(reader, 4, end);
  else if (wire === 2) reader.at = span(reader, end);
  else throw damaged(reader, `a field has the unknown wire type ${wire}`);
}

/** The place behind a field whose length comes first. */
function span(reader: Reader, end: number): number {
  const length = varint(reader, end);
  if (length < 0 || length > end - reader.at) throw damaged(reader, `a field of ${length} bytes is cut short`);
  return reader.at + length;
}

function varint(reader: Reader, end: number): number {
  let [low, high] = [0, 0];
  for (let shift = 0; shift < 70; shift += 7) {
    if (reader.at >= end) throw damaged(reader, "a number is cut short");
    const byte = reader.bytes[reader.at++];
    if (shift < 28) low += (byte & 0x7f) * 2 ** shift;
    else high += (byte & 0x7f) * 2 ** (shift - 28);
    if (byte < 0x80) {
      // 36 bits in `high`, above the 28 of `low`; the sign is the 64th bit.
      const upper = high % 2 ** 36;
      return upper >= 2 ** 35 ? (upper - 2 ** 36) * 2 ** 28 + low : upper * 2 ** 28 + low;
    }
  }
  throw damaged(reader, "a number is longer than 10 bytes");
}

function fixed(reader: Reader, width: 4 | 8, end: number): number {
  if (reader.at + width > end) throw damaged(reader, "a number is cut short");
  reader.at += width;
  return width === 4 ? reader.view.getFloat32(reader.at - 4, true) : reader.view.getFloat64(reader.at - 8, true);
}
