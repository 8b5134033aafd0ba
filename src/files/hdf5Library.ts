/**
 * The library that reads and writes HDF5, in WebAssembly. It is large, so it is loaded when the first HDF5 file comes
 * up.
 */
import type { File } from "h5wasm";

type Library = typeof import("h5wasm");

export interface Hdf5Library {
  library: Library;
  module: Awaited<Library["ready"]>;
}

let loaded: Promise<Hdf5Library> | undefined;
let instances = 0;
let files = 0;

/** The process has one instance. Its file system is in memory, so no file can reach beyond its own bytes. */
export function hdf5Library(): Promise<Hdf5Library> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Hdf5Library> {
  instances++;
  // A module with another URL is another instance. The first one keeps the plain name, which bundlers understand.
  const address = instances === 1 ? "h5wasm" : `${import.meta.resolve("h5wasm")}?${instances}`;
  const library: Library = await import(address);
  const module = await library.ready;
  // Otherwise the library prints errors and returns zeros for numbers that it cannot read.
  module.activate_throwing_error_handler();
  return { library, module };
}

/** Opens bytes as a file of the library's own file system while `use` runs. */
export async function withHdf5File<T>(bytes: Uint8Array, use: (file: File, library: Hdf5Library) => T): Promise<T> {
  const own = await hdf5Library();
  const { library, module } = own;
  const path = `/${++files}.h5`;
  // The file views these bytes without a copy. Nothing writes to it.
  module.FS.writeFile(path, bytes, { canOwn: true } as object);
  try {
    const file = new library.File(path, "r");
    try {
      return use(file, own);
    } finally {
      file.close();
    }
  } catch (error) {
    // A damaged file may corrupt the instance's memory, so the next file gets a new instance.
    if ((error as Error).name === "RuntimeError") loaded = undefined;
    throw error;
  } finally {
    module.FS.unlink(path);
  }
}
