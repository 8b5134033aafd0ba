import { closeSync, openSync, readSync } from "node:fs";
import { headerOf } from "./npy.js";

/** The first bytes of a file; every header of NumPy is shorter. */
const HEADER = 4096;

/** The shape in the header of a .npy file; undefined when it is none, which its reader reports. */
export function npyShape(path: string): number[] | undefined {
  const bytes = Buffer.alloc(HEADER);
  const file = openSync(path, "r");
  try {
    return headerOf(bytes.subarray(0, readSync(file, bytes)), path).shape;
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}
