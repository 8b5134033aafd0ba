import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * SIMD kernels for loops that run several times as fast with two f64 lanes as in JavaScript. They are written in
 * AssemblyScript, in the `kernels` folders. The build compiles all of them into one module, dist/src/kernels.wasm. A
 * kernel works on vectors in its memory, by byte addresses.
 */
const file = new URL("../kernels.wasm", import.meta.url);

/** The part of the global `WebAssembly` that is used here. TypeScript declares it only in the browser library. */
declare const WebAssembly: {
  Memory: new (limits: { initial: number; maximum: number }) => { buffer: ArrayBuffer };
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> };
};

const PAGE = 65536;
/** The limit of one memory: nearly 4 GiB. */
export const LARGEST_MEMORY = 65535 * PAGE;

let module: object | undefined;

/** A memory of `bytes` zero bytes with the named kernel on it. Addresses are byte offsets into `buffer`. */
export function instantiate<F>(kernel: string, bytes: number): { buffer: ArrayBuffer; run: F } {
  module ??= new WebAssembly.Module(bytesOfKernels());
  const pages = Math.ceil(bytes / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { buffer: memory.buffer, run: exports[kernel] as F };
}

function bytesOfKernels(): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (cause) {
    throw new Error(`${fileURLToPath(file)} cannot be read; "npm run build" makes it`, { cause });
  }
}
