/** Named tensors as lines of text. */

interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

const MOST_LINES = 60;

const labelOf = (tensor: NamedShape | undefined) => (tensor ? `${tensor.name} [${tensor.shape.join(", ")}]` : "—");

/** The tensors of a network and of a file, one line per pair. A dash stands for a missing partner. */
export function besideEachOther(
  network: readonly NamedShape[],
  file: readonly NamedShape[],
  pairs: ReadonlyMap<string, NamedShape>,
): string[] {
  const paired = new Set(pairs.values());
  const rows = [
    ["the network has", "the file has"],
    ...network.map((tensor) => [labelOf(tensor), labelOf(pairs.get(tensor.name))]),
    ...file.filter((tensor) => !paired.has(tensor)).map((tensor) => ["—", labelOf(tensor)]),
  ];
  const width = Math.max(...rows.map(([left]) => left.length));
  const lines = rows.slice(0, MOST_LINES).map(([left, right]) => `${left.padEnd(width)}  ${right}`);
  return rows.length > MOST_LINES ? [...lines, `and ${rows.length - MOST_LINES} more lines`] : lines;
}
