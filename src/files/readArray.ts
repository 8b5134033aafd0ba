import { type NpyArray, readNpy } from "./npy.js";
import { openNpz } from "./npz.js";

/**
 * One array out of a .npy or .npz file, told apart by the ending of `name`, which begins each message; `key` names the
 * array in a .npz file with several.
 *
 * @throws Error for another ending, a key that is not there, or that is needed; and as readNpy and openNpz.
 */
export function readArray(bytes: Uint8Array, name: string, key?: string): NpyArray {
  if (name.endsWith(".npy")) {
    if (key !== undefined) throw new Error(`${name} holds one array without a name; leave out the key "${key}"`);
    return readNpy(bytes, name);
  }
  if (!name.endsWith(".npz")) throw new Error(`${name} ends neither in .npy nor in .npz; expected one of these`);
  const arrays = openNpz(bytes, name);
  const names = [...arrays.keys()];
  const read = arrays.get(key ?? (names.length === 1 ? names[0] : ""));
  if (read === undefined) {
    const fault = key === undefined ? `holds ${names.length} arrays; name one by key` : `holds no array "${key}"`;
    throw new Error(`${name} ${fault}; there are ${names.join(", ")}`);
  }
  return read();
}
