/** Models as files of named tensors. load-model reads them. */
import { type Artifact, rowCount, type VectorColumn, vectorRows } from "../../artifact/artifact.js";
import { writeNpy, writeNpz } from "../../files/writeNpy.js";
import { type WrittenTensor, writeSafetensors } from "../../files/writeSafetensors.js";

interface Placed {
  name: string;
  shape: readonly number[];
  offset: number;
}

/** The tensors of the last checkpoint by name, weights first, then the running statistics of batch norms. */
function tensorsOf(of: Artifact): Map<string, WrittenTensor> {
  if (of.kind !== "model") throw new Error(`this format needs a model; found a ${of.kind}`);
  const { layout, stateLayout = [] } = of.metadata as { layout: Placed[]; stateLayout?: Placed[] };
  const last = (column: string) => vectorRows(of, column)[rowCount(of) - 1];
  const cut = (values: VectorColumn["values"], places: readonly Placed[]) =>
    places.map(({ name, shape, offset }) => {
      const size = shape.reduce((product, length) => product * length, 1);
      return [name, { shape, values: values.slice(offset, offset + size) as Float64Array | Float32Array }] as const;
    });
  return new Map([...cut(last("weights"), layout), ...(stateLayout.length > 0 ? cut(last("state"), stateLayout) : [])]);
}

export function modelNpz(of: Artifact): Promise<Uint8Array> {
  return writeNpz([...tensorsOf(of)].map(([name, { shape, values }]) => [name, writeNpy(values, shape)] as const));
}

export const modelSafetensors = (of: Artifact): Uint8Array => writeSafetensors(tensorsOf(of));
