/** The .npz format of NumPy: a zip archive of .npy files. */
import { type NpyArray, readNpy } from "./npy.js";
import { readZip } from "./zip.js";

/**
 * The arrays of a .npz file by name (without the extension .npy), in the order of the file. Each is read on demand, so
 * one without numbers does not block the others. Throws the errors of readZip; reading an array throws those of
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
