import { type NpyArray, readNpy } from "./npy.js";
import { openNpz } from "./npz.js";

/**
 * Reads one array from a .npy or .npz file. The extension of `name` tells them apart, and `name` begins each message.
 * `key` selects the array in a .npz file with several.
 *
 * @throws Error for another extension, and for a key that is missing, or needed; and the errors of readNpy and openNpz.
 */
export function readArray(bytes: Uint8Array, name: string, key?: string): NpyArray {
  if (name.endsWith(".npy")) {
    if (key !== undefined) throw new Error(`${name} holds one array without a name; leave out the key "${key}"`);
    return readNpy(bytes, name);
  }
  if (!name.endsWith(".npz"))
    throw new Error(`${name} has another extension than .npy and .npz; expected one of these`);
  const arrays = openNpz(bytes, name);
  const names = [...arrays.keys()];
  const read = arrays.get(key ?? (names.length === 1 ? names[0] : ""));
  if (read === undefined) {
    const fault = key === undefined ? `holds ${names.length} arrays; choose one with key` : `has no array "${key}"`;
    throw new Error(`${name} ${fault}; its arrays are ${names.join(", ")}`);
  }
  return read();
}
