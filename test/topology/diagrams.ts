/** Diagrams that several tests draw on, and the best of all matchings by trying each. */
import fc from "fast-check";
import type { Diagram } from "../../src/topology/diagram.js";

/** The diagram of these bars. */
export function diagram(...bars: [number, number][]): Diagram {
  return { birth: Float64Array.from(bars, ([birth]) => birth), death: Float64Array.from(bars, ([, death]) => death) };
}

/** Up to five bars with many ties, of length 0 some. */
export const smallDiagrams = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 6 })), { maxLength: 5 })
  .map((bars) => diagram(...bars.map(([birth, length]): [number, number] => [birth / 4, (birth + length) / 4])));

const thousandth = fc.integer({ min: 0, max: 1000 }).map((x) => x / 1000);

/** Up to forty bars, two of which never die. */
export const diagrams = fc
  .array(fc.tuple(thousandth, thousandth), { minLength: 2, maxLength: 40 })
  .map((bars) =>
    diagram(...bars.map(([birth, length], i): [number, number] => [birth, i < 2 ? Infinity : birth + length])),
  );

/** The bars in another order. */
export function shuffled({ birth, death }: Diagram): Diagram {
  const order = Array.from(birth.keys()).sort((i, j) => ((7 * i + 3) % 11) - ((7 * j + 3) % 11) || j - i);
  return { birth: Float64Array.from(order, (i) => birth[i]), death: Float64Array.from(order, (i) => death[i]) };
}

/** The smallest cost of all partial matchings; `join` puts the costs of two pieces together. */
export function cheapestMatching(
  a: Diagram,
  b: Diagram,
  pair: (i: number, j: number) => number,
  aloneLeft: (i: number) => number,
  aloneRight: (j: number) => number,
  join: (x: number, y: number) => number,
): number {
  const free = new Set(b.birth.keys());
  const rest = (i: number): number => {
    if (i === a.birth.length) return [...free].map(aloneRight).reduce((x, y) => join(x, y), 0);
    let best = join(aloneLeft(i), rest(i + 1));
    for (const j of [...free]) {
      free.delete(j);
      best = Math.min(best, join(pair(i, j), rest(i + 1)));
      free.add(j);
    }
    return best;
  };
  return rest(0);
}
