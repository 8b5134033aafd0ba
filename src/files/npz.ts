/** The .npz format of NumPy: a zip archive of .npy files. */
import { type NpyArray, readNpy } from "./npy.js";
import { readZip } from "./zip.js";

/**
 * The arrays of a .npz file by name (without the ending .npy), in the order of the file; each is read when asked for,
 * so one that holds no numbers does not stand in the way of the others. Throws Error as readZip; asking for an array as
 * readNpy.
 */
export function openNpz(bytes: Uint8Array, name: string): Map<string, () => NpyArray> {
  const entries = [...readZip(bytes, name)].filter(([file]) => file.endsWith(".npy"));
  return new Map(
    entries.map(([file, unpack]) => {
      const key = file.slice(0, -".npy".length);
      return [key, () => readNpy(unpack(), `${name}: ${key}`)];
    }),
  );
}
