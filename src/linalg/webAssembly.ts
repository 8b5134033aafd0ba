/**
 * What it takes to write a WebAssembly function by its instructions, for the loops that 128-bit SIMD makes several times as fast as JavaScript:
 * the instructions in use and their codes (WebAssembly 2.0, section 5.4), and the module around one function. A pair is two f64 entries,
 * 16 bytes. No fused multiply-add: results are the same everywhere.
 */
export type Code = number | Code[];

export const INTEGER = 0x7f;
export const DOUBLE = 0x7c;
export const VECTOR = 0x7b;

export const local = {
  get: (index: number) => [0x20, index],
  set: (index: number) => [0x21, index],
  tee: (index: number) => [0x22, index],
};
export const integer = {
  constant: (value: number) => [0x41, ...signed(value)],
  add: 0x6a,
  subtract: 0x6b,
  less: 0x49,
  lessOrEqual: 0x4d,
  load: (offset: number) => [0x28, 2, ...unsigned(offset)],
};
export const double = {
  half: [0x44, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f],
  zero: [0x44, 0, 0, 0, 0, 0, 0, 0, 0],
  load: (offset: number) => [0x2b, 3, ...unsigned(offset)],
  store: (offset: number) => [0x39, 3, ...unsigned(offset)],
  add: 0xa0,
  subtract: 0xa1,
  mul: 0xa2,
};
export const pair = {
  load: (offset: number) => [0xfd, 0x00, 3, ...unsigned(offset)],
  store: (offset: number) => [0xfd, 0x0b, 3, ...unsigned(offset)],
  /** One f64 of the memory, twice. */
  loadTwice: (offset: number) => [0xfd, 0x0a, 3, ...unsigned(offset)],
  twice: [0xfd, 0x14],
  lane: (index: number) => [0xfd, 0x21, index],
  zero: [0xfd, 0x0c, ...new Array<number>(16).fill(0)],
  add: [0xfd, 0xf0, 1],
  subtract: [0xfd, 0xf1, 1],
  mul: [0xfd, 0xf2, 1],
  divide: [0xfd, 0xf3, 1],
  squareRoot: [0xfd, 0xef, 1],
  /** Two f32 entries, as f64. */
  loadSingles: (offset: number) => [0xfd, 0x5d, 3, ...unsigned(offset), 0xfd, 0x5f],
  /** Rounded to two f32 entries. */
  storeSingles: (offset: number) => [0xfd, 0x5e, 0xfd, 0x5b, 3, ...unsigned(offset), 0],
};
const close = 0x0b;

/** The body, then again from its start while the condition that it leaves holds. */
export const repeatWhile = (...body: Code[]): Code => [0x03, 0x40, body, 0x0d, 0, close];

/** The body as often as the condition holds, which is asked before. */
export const whileHolds = (condition: Code, ...body: Code[]): Code => [
  [0x02, 0x40, 0x03, 0x40, condition, 0x45, 0x0d, 1],
  [body, 0x0c, 0, close, close],
];

/** The sum of a pair's two entries. */
export const sumOfPair = (index: number): Code => [
  [local.get(index), pair.lane(0), local.get(index), pair.lane(1), double.add],
];

/** local ← local + constant. */
export const advance = (index: number, by: number): Code => [
  [local.get(index), integer.constant(by), integer.add, local.set(index)],
];

export interface Kernel {
  name: string;
  parameters: number[];
  result: number[];
  /** Locals beyond the parameters: how many of which type, in order. */
  locals: [count: number, type: number][];
  code: Code;
}

/** The module with the kernel's function, which works on the imported memory `memory.vectors`. */
function moduleOf({ name, parameters, result, locals, code }: Kernel): Uint8Array<ArrayBuffer> {
  const body = [locals.length, ...locals.flat(), ...flat(code), close];
  const bytes = [
    [0, ...text("asm"), 1, 0, 0, 0],
    section(1, [1, 0x60, parameters.length, ...parameters, result.length, ...result]),
    section(2, [1, 6, ...text("memory"), 7, ...text("vectors"), 2, 0, 0]),
    section(3, [1, 0]),
    section(7, [1, name.length, ...text(name), 0, 0]),
    section(10, [1, ...unsigned(body.length), ...body]),
  ];
  return new Uint8Array(bytes.flat());
}

/** The part of the global that is used here; TypeScript declares it only together with the browser's. */
declare const WebAssembly: {
  Memory: new (limits: { initial: number; maximum: number }) => { buffer: ArrayBuffer };
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> };
};

const PAGE = 65536;
/** What one memory can hold: nearly 4 GiB. */
export const LARGEST_MEMORY = 65535 * PAGE;

/** A memory of so many bytes, zero, and the kernel's function on it. Addresses are byte offsets into `buffer`. */
export function instantiate<F>(kernel: Kernel, bytes: number): { buffer: ArrayBuffer; run: F } {
  const pages = Math.ceil(bytes / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const module = new WebAssembly.Module(moduleOf(kernel));
  const { exports } = new WebAssembly.Instance(module, { memory: { vectors: memory } });
  return { buffer: memory.buffer, run: exports[kernel.name] as F };
}

const flat = (code: Code): number[] => (typeof code === "number" ? [code] : code.flatMap(flat));
const section = (id: number, content: number[]) => [id, ...unsigned(content.length), ...content];
const text = (characters: string) => [...characters].map((c) => c.charCodeAt(0));

/** LEB128. */
function unsigned(n: number): number[] {
  return n < 128 ? [n] : [(n & 127) | 128, ...unsigned(n >>> 7)];
}

/** LEB128 of a number that is not negative, where bit 6 of the last byte is the sign. */
function signed(n: number): number[] {
  return n < 64 ? [n] : [(n & 127) | 128, ...signed(n >>> 7)];
}
