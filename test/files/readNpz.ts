import type { NpyArray } from "../../src/files/npy.js";
import { openNpz } from "../../src/files/npz.js";

/** All arrays of a .npz file by name. */
export function readNpz(bytes: Uint8Array, name: string): Record<string, NpyArray> {
  return Object.fromEntries([...openNpz(bytes, name)].map(([key, read]) => [key, read()]));
}
