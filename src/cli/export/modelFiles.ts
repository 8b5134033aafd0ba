/** Models as files of named tensors. load-model reads them. */
import { type Artifact, rowCount, type VectorColumn, vectorRows } from "../../artifact/artifact.js";
import { writeNpy, writeNpz } from "../../files/writeNpy.js";
import { type WrittenTensor, writeSafetensors } from "../../files/writeSafetensors.js";

interface Placed {
  name: string;
  shape: readonly number[];
  offset: number;
}

/** What a model artifact says of its tensors. Only an imported graph has a network with norms. */
interface Facts {
  layout: Placed[];
  stateLayout?: Placed[];
  architecture: { network?: { norms: { name: string; mean: string; variance: string }[] } };
}

/**
 * The tensors of the last checkpoint by name, weights first, then the running statistics of batch norms. Statistics
 * have the names of the imported graph; those of other networks have PyTorch's.
 */
function tensorsOf(of: Artifact): Map<string, WrittenTensor> {
  if (of.kind !== "model") throw new Error(`this format needs a model; found a ${of.kind}`);
  const { layout, stateLayout = [], architecture } = of.metadata as unknown as Facts;
  const norms = architecture.network?.norms ?? [];
  const graphNames = new Map(
    norms.flatMap(({ name, mean, variance }) => [
      [`${name}.mean`, mean],
      [`${name}.variance`, variance],
    ]),
  );
  const statistics = stateLayout.map((place) => {
    const pytorch = place.name.replace(/\.mean$/, ".running_mean").replace(/\.variance$/, ".running_var");
    return { ...place, name: graphNames.get(place.name) ?? pytorch };
  });
  const last = (column: string) => vectorRows(of, column)[rowCount(of) - 1];
  const cut = (values: VectorColumn["values"], places: readonly Placed[]) =>
    places.map(({ name, shape, offset }) => {
      const size = shape.reduce((product, length) => product * length, 1);
      return [name, { shape, values: values.slice(offset, offset + size) as Float64Array | Float32Array }] as const;
    });
  return new Map([...cut(last("weights"), layout), ...(statistics.length > 0 ? cut(last("state"), statistics) : [])]);
}

export function modelNpz(of: Artifact): Promise<Uint8Array> {
  return writeNpz([...tensorsOf(of)].map(([name, { shape, values }]) => [name, writeNpy(values, shape)] as const));
}

export const modelSafetensors = (of: Artifact): Uint8Array => writeSafetensors(tensorsOf(of));
