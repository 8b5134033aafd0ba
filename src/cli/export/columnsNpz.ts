import { type Artifact, rowCount } from "../../artifact/artifact.js";
import { writeNpy, writeNpyTexts, writeNpz } from "../../files/writeNpy.js";

/**
 * One array per column. Vectors are rows of a matrix, lists are two arrays, `name` and `name_offsets`, and texts are
 * UTF-32. Throws Error for columns of bytes, which NumPy has no type for.
 */
export function columnsNpz(of: Artifact): Promise<Uint8Array> {
  const arrays = Object.entries(of.columns).flatMap(([name, column]): [string, Uint8Array][] => {
    if (ArrayBuffer.isView(column)) return [[name, writeNpy(column, [column.length])]];
    if (Array.isArray(column)) return [[name, npyTexts(name, column)]];
    if ("width" in column) return [[name, writeNpy(column.values, [rowCount(of), column.width])]];
    const { offsets, values } = column;
    return [
      [name, writeNpy(values, [values.length])],
      [`${name}_offsets`, writeNpy(offsets, [offsets.length])],
    ];
  });
  return writeNpz(arrays);
}

function npyTexts(name: string, texts: readonly (string | Uint8Array)[]): Uint8Array {
  const isText = (text: string | Uint8Array): text is string => typeof text === "string";
  if (texts.every(isText)) return writeNpyTexts(texts);
  throw new Error(`the column "${name}" holds bytes, which npz has no type for; expected format csv, json or parquet`);
}
