/**
 * The frames of the external-loss protocol (stages/inputs/external.md). A frame has a magic, the length of a JSON
 * header, the header, and the arrays that its field `arrays` names, each as a length and the bytes of a .npy file.
 * Lengths are little-endian.
 */
import { readNpy } from "../../files/npy.js";

/** An array of a frame, last index fastest. */
export interface FrameArray {
  shape: readonly number[];
  values: Float64Array | Float32Array;
}

export interface Frame {
  header: Record<string, unknown>;
  arrays: Record<string, FrameArray>;
}

/** The first bytes of a frame, which distinguish it from a line of text on the same stream. */
const MARK = Buffer.from("CRQ1", "latin1");
const HEADER_LIMIT = 2 ** 24;
/** The longest array: a Buffer should not exceed 2 GB. */
const ARRAY_LIMIT = 2 ** 31;

/** The stream is not a sequence of frames. The message says what was found. */
export class FrameError extends Error {}

/** A frame as bytes, part by part. Arrays are views, not copies. */
export function encodeFrame(header: Record<string, unknown>, arrays: Record<string, FrameArray> = {}): Uint8Array[] {
  const json = Buffer.from(JSON.stringify({ ...header, arrays: Object.keys(arrays) }));
  const head = Buffer.alloc(8);
  MARK.copy(head);
  head.writeUInt32LE(json.length, 4);
  const parts: Uint8Array[] = [head, json];
  for (const { shape, values } of Object.values(arrays)) {
    const npy = npyParts(shape, values);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(npy.reduce((sum, part) => sum + part.length, 0)));
    parts.push(length, ...npy);
  }
  return parts;
}

/** The header and the numbers of a .npy file (header version 1). */
function npyParts(shape: readonly number[], values: Float64Array | Float32Array): Uint8Array[] {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const descr = values instanceof Float64Array ? "<f8" : "<f4";
  const fields = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${axes}), }`;
  const padded = fields.padEnd(64 * Math.ceil((fields.length + 11) / 64) - 11);
  const head = Buffer.from(`\x93NUMPY\x01\x00..${padded}\n`, "latin1");
  head.writeUInt16LE(padded.length + 1, 8);
  return [head, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)];
}

/**
 * Takes the bytes of a stream in pieces of any size and calls `onFrame` for each whole frame. `push` throws FrameError
 * for bytes that are not a frame. `end` describes the missing part when the stream ends inside a frame, otherwise it
 * returns undefined.
 */
export function frameReader(onFrame: (frame: Frame) => void): {
  push(bytes: Uint8Array): void;
  end(): string | undefined;
} {
  let waiting: Uint8Array[] = [];
  let size = 0;
  let wanted = 8;
  let header: Record<string, unknown> | undefined;
  let names: string[] = [];
  let arrays: Record<string, FrameArray> = {};
  let stage: "mark" | "header" | "length" | "array" = "mark";

  function take(length: number): Buffer {
    const all =
      waiting.length === 1 ? Buffer.from(waiting[0].buffer, waiting[0].byteOffset, size) : Buffer.concat(waiting);
    waiting = size > length ? [all.subarray(length)] : [];
    size -= length;
    return all.subarray(0, length);
  }

  function expect(next: typeof stage, length: number): void {
    [stage, wanted] = [next, length];
  }

  function nextArray(): void {
    if (Object.keys(arrays).length < names.length) {
      expect("length", 8);
      return;
    }
    const frame = { header: header as Record<string, unknown>, arrays };
    arrays = {};
    expect("mark", 8);
    onFrame(frame);
  }

  const steps = {
    mark() {
      const head = take(8);
      if (!head.subarray(0, 4).equals(MARK)) throw new FrameError(foundInstead(head, waiting));
      const length = head.readUInt32LE(4);
      if (length > HEADER_LIMIT) throw new FrameError(`a header of ${length} bytes; expected at most ${HEADER_LIMIT}`);
      expect("header", length);
    },
    header() {
      header = parsedHeader(take(wanted));
      names = namesOf(header);
      nextArray();
    },
    length() {
      const length = Number(take(8).readBigUInt64LE());
      if (length > ARRAY_LIMIT) throw new FrameError(`an array of ${length} bytes; expected at most ${ARRAY_LIMIT}`);
      expect("array", length);
    },
    array() {
      const name = names[Object.keys(arrays).length];
      arrays[name] = arrayOf(take(wanted), name);
      nextArray();
    },
  };

  return {
    push(bytes) {
      waiting.push(bytes);
      size += bytes.length;
      // A line of text may be shorter than the magic, and then no more bytes would follow.
      if (stage === "mark" && size >= 1 && size < wanted) {
        const start = Buffer.concat(waiting).subarray(0, 4);
        if (!start.equals(MARK.subarray(0, start.length))) throw new FrameError(foundInstead(start, []));
      }
      while (size >= wanted) steps[stage]();
    },
    end() {
      if (stage === "mark" && size === 0) return undefined;
      return `${size} of ${wanted} bytes of ${stage === "array" ? `the array "${names[Object.keys(arrays).length]}"` : `a frame's ${stage}`}`;
    },
  };
}

function foundInstead(head: Uint8Array, rest: readonly Uint8Array[]): string {
  const text = Buffer.concat([head, ...rest])
    .subarray(0, 80)
    .toString("utf8");
  return `${JSON.stringify(text)} on standard output; expected a frame, which begins with "CRQ1"; print messages to standard error`;
}

function parsedHeader(bytes: Buffer): Record<string, unknown> {
  try {
    const value = JSON.parse(bytes.toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // The same message as for JSON of another kind.
  }
  throw new FrameError(`the header ${JSON.stringify(bytes.toString("utf8").slice(0, 80))}; expected a JSON object`);
}

function namesOf({ arrays = [] }: Record<string, unknown>): string[] {
  const isList = Array.isArray(arrays) && arrays.every((name) => typeof name === "string");
  if (!isList || new Set(arrays).size !== arrays.length) {
    throw new FrameError(`a header whose "arrays" is ${JSON.stringify(arrays)}; expected a list of different names`);
  }
  return arrays as string[];
}

function arrayOf(bytes: Uint8Array, name: string): FrameArray {
  try {
    const { shape, values, fortranOrder } = readNpy(bytes, `the array "${name}"`);
    if (fortranOrder && shape.length > 1) throw new Error(`the array "${name}" is in Fortran order; expected C order`);
    const isFloat = values instanceof Float64Array || values instanceof Float32Array;
    return { shape, values: isFloat ? values : Float64Array.from(values) };
  } catch (error) {
    throw new FrameError((error as Error).message);
  }
}
