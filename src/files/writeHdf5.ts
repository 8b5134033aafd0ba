import { hdf5Library } from "./hdf5Library.js";

type Hdf5Values = Float64Array | Float32Array | Int32Array | Uint8Array | string[];

export interface Hdf5Entry {
  shape: readonly number[];
  /** Last index fastest. Texts become UTF-8 of variable length. */
  values: Hdf5Values;
  attributes?: Record<string, string | number | Float64Array | string[]>;
}

/**
 * The bytes of an HDF5 file with these datasets by path, "group/name". `attributes` are those of the root. Nothing is
 * compressed and no clock time is stored, so the same content gives the same bytes. Throws Error when values do not
 * fill their shape.
 */
export async function writeHdf5(
  entries: ReadonlyMap<string, Hdf5Entry>,
  attributes: Record<string, string | number | string[]> = {},
): Promise<Uint8Array> {
  const { library, module } = await hdf5Library();
  const path = "/written.h5";
  const { now } = Date;
  // Every dataset stores its creation time, which the library cannot leave out. Nothing else runs in between.
  Date.now = () => 0;
  const file = new library.File(path, "w");
  try {
    for (const [key, value] of Object.entries(attributes)) file.create_attribute(key, value);
    const groups = new Set<string>();
    for (const [name, { shape, values, attributes: own = {} }] of entries) {
      const parts = name.split("/");
      for (let depth = 1; depth < parts.length; depth++) {
        const group = parts.slice(0, depth).join("/");
        if (!groups.has(group)) file.create_group(group);
        groups.add(group);
      }
      const dtype = Array.isArray(values) ? "S" : null;
      const dataset = file.create_dataset({ name, data: values, shape: [...shape], dtype });
      for (const [key, value] of Object.entries(own)) dataset.create_attribute(key, value);
    }
  } finally {
    file.close();
    Date.now = now;
  }
  const bytes = module.FS.readFile(path);
  module.FS.unlink(path);
  return bytes;
}
