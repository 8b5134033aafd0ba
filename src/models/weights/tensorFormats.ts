/** Extensions of files with named tensors → how to read them. */
export type TensorFormat = "npz" | "safetensors" | "torch" | "hdf5" | "keras" | "json";

const endings: Readonly<Record<string, TensorFormat>> = {
  npz: "npz",
  safetensors: "safetensors",
  pt: "torch",
  pth: "torch",
  ckpt: "torch",
  bin: "torch",
  h5: "hdf5",
  hdf5: "hdf5",
  keras: "keras",
  json: "json",
};

export const tensorEndings: readonly string[] = Object.keys(endings);

/** The format of a file's extension; undefined for another extension. */
export function tensorFormatOf(path: string): TensorFormat | undefined {
  const ending = path.toLowerCase().split(".").pop() ?? "";
  return Object.hasOwn(endings, ending) ? endings[ending] : undefined;
}
