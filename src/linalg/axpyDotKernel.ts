/**
 * A WebAssembly module, built from its instructions below, with one function in 128-bit SIMD:
 *
 *   axpyDot(alpha: f64, x: i32, y: i32, z: i32, end: i32): f64
 *
 * y ← y + αx, then Σ yᵢzᵢ, for f64 vectors at the byte addresses x, y, z of the imported memory `memory.vectors`; y ends at
 * the address `end`. Lengths are a positive multiple of 8 entries. Four pairs of partial sums, no fused multiply-add.
 */
export function axpyDotKernel(): Uint8Array<ArrayBuffer> {
  const [alpha, x, y, z, end, factor, moved] = [0, 1, 2, 3, 4, 5, 6];
  const sums = [7, 8, 9, 10];

  const updatePair = (sum: number, pair: number) => [
    [local.get(y), local.get(y), load(pair), local.get(factor), local.get(x), load(pair), mul, add, local.tee(moved)],
    [store(pair), local.get(sum), local.get(moved), local.get(z), load(pair), mul, add, local.set(sum)],
  ];
  const advance = (pointer: number) => [local.get(pointer), constant64, addInteger, local.set(pointer)];
  const sumOfPair = (sum: number) => [local.get(sum), lane(0), local.get(sum), lane(1), addScalar];
  const code = [
    [local.get(alpha), splat, local.set(factor)],
    [loop, sums.map(updatePair), advance(x), advance(z), advance(y), local.get(y), local.get(end), less, repeat, close],
    [sumOfPair(sums[0]), sumOfPair(sums[1]), addScalar],
    [sumOfPair(sums[2]), sumOfPair(sums[3]), addScalar, addScalar, close],
  ].flat(Infinity) as number[];

  const declared = [1, 2 + sums.length, VECTOR];
  const bytes = [
    [0, ...text("asm"), 1, 0, 0, 0],
    section(1, [1, 0x60, 5, DOUBLE, INTEGER, INTEGER, INTEGER, INTEGER, 1, DOUBLE]),
    section(2, [1, 6, ...text("memory"), 7, ...text("vectors"), 2, 0, 0]),
    section(3, [1, 0]),
    section(7, [1, 7, ...text("axpyDot"), 0, 0]),
    section(10, [1, ...unsigned(declared.length + code.length), ...declared, ...code]),
  ];
  return new Uint8Array(bytes.flat());
}

// The instructions in use and their codes (WebAssembly 2.0, section 5.4). A pair is two f64 entries, 16 bytes.
const INTEGER = 0x7f;
const DOUBLE = 0x7c;
const VECTOR = 0x7b;
const local = {
  get: (index: number) => [0x20, index],
  set: (index: number) => [0x21, index],
  tee: (index: number) => [0x22, index],
};
const loop = [0x03, 0x40];
const repeat = [0x0d, 0];
const close = 0x0b;
const constant64 = [0x41, 0xc0, 0];
const less = 0x49;
const addInteger = 0x6a;
const addScalar = 0xa0;
const load = (pair: number) => [0xfd, 0x00, 3, 16 * pair];
const store = (pair: number) => [0xfd, 0x0b, 3, 16 * pair];
const splat = [0xfd, 0x14];
const lane = (index: number) => [0xfd, 0x21, index];
const add = [0xfd, 0xf0, 1];
const mul = [0xfd, 0xf2, 1];

const section = (id: number, content: number[]) => [id, ...unsigned(content.length), ...content];
const text = (characters: string) => [...characters].map((c) => c.charCodeAt(0));

/** LEB128. */
function unsigned(n: number): number[] {
  return n < 128 ? [n] : [(n & 127) | 128, ...unsigned(n >>> 7)];
}
