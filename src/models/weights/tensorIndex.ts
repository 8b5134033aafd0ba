/** The index of sharded files, or the list of weights of a TensorFlow.js model. */
export interface Manifest {
  weight_map?: Record<string, string>;
  weightsManifest?: { paths: string[]; weights: ManifestWeight[] }[];
}

interface ManifestWeight {
  name: string;
  shape: number[];
  dtype: string;
  quantization?: { dtype: string; scale?: number; min?: number };
}

/** Throws Error for a file that is no index; `name` begins the message. */
export function parseIndex(bytes: Uint8Array, name: string): Manifest {
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch (error) {
    throw new Error(`${name} is no JSON: ${(error as Error).message}`);
  }
  const { weight_map: map, weightsManifest: manifest } = (content ?? {}) as Manifest;
  const isMap = typeof map === "object" && map !== null && Object.values(map).every((own) => typeof own === "string");
  const isManifest =
    Array.isArray(manifest) &&
    manifest.every(
      (group) =>
        Array.isArray(group?.paths) &&
        group.paths.every((own) => typeof own === "string") &&
        Array.isArray(group.weights),
    );
  if (!isMap && !isManifest) {
    throw new Error(`${name} has neither a weight_map nor a weightsManifest; expected an index of weights`);
  }
  return isMap ? { weight_map: map } : { weightsManifest: manifest };
}

/** The files that an index names, relative to its folder; none for a file that is no index. */
export function shardsOf(bytes: Uint8Array, name: string): string[] {
  const { weight_map: map, weightsManifest: manifest } = parseIndex(bytes, name);
  return [...new Set(map ? Object.values(map) : manifest!.flatMap(({ paths }) => paths))];
}
