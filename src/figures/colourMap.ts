import { lossPalette, rgb } from "./lossPalette.js";
import { type LossScale, scaleFraction } from "./lossScale.js";
import { encodePng } from "./png.js";
import { colours } from "./theme.js";

/** The smallest side of a map in pixels, so that no viewer blurs its cells. */
const leastPixels = 720;
const mostPixels = 1440;
const notFiniteIndex = 255;

/**
 * Values on a grid, first axis fastest, as a PNG (a data: URI) stretched evenly over the range of the edges: first axis
 * to the right, second upwards. Each value is a cell in the colours of `ramp`, from the low end of the scale to the
 * high one. Values that are not finite are grey.
 */
export function colourMap(
  values: Float64Array,
  xEdges: Float64Array,
  yEdges: Float64Array,
  scale: LossScale,
  ramp: readonly string[],
): string {
  const column = cellOfPixel(xEdges);
  const row = cellOfPixel(yEdges).reverse();
  const cells = Uint8Array.from(values, (value) =>
    Number.isFinite(value) ? Math.round(within(scaleFraction(scale, value)) * (notFiniteIndex - 1)) : notFiniteIndex,
  );
  const indices = new Uint8Array(column.length * row.length);
  for (let v = 0; v < row.length; v++) {
    for (let u = 0; u < column.length; u++) {
      indices[u + column.length * v] = cells[column[u] + (xEdges.length - 1) * row[v]];
    }
  }
  const palette = [...lossPalette(notFiniteIndex, ramp), rgb(colours.notFinite)];
  const png = encodePng(indices, column.length, row.length, palette);
  return `data:image/png;base64,${png.toString("base64")}`;
}

const within = (fraction: number) => Math.min(1, Math.max(0, fraction));
const finite = (value: number) => Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value));

/**
 * The boundaries of the cells around `centres`: half way between neighbours, and as far beyond the first and the last.
 */
export function cellEdges(centres: Float64Array): Float64Array {
  const n = centres.length;
  const edges = new Float64Array(n + 1);
  for (let i = 1; i < n; i++) {
    if (!(centres[i] > centres[i - 1]))
      throw new RangeError(`coefficients must ascend; found ${centres[i - 1]}, ${centres[i]}`);
    edges[i] = centres[i - 1] / 2 + centres[i] / 2;
  }
  const room = Math.max(0.5, 1e-9 * Math.abs(centres[0]));
  edges[0] = finite(n > 1 ? centres[0] - (edges[1] - centres[0]) : centres[0] - room);
  edges[n] = finite(n > 1 ? centres[n - 1] + (centres[n - 1] - edges[n - 1]) : centres[0] + room);
  return edges;
}

function cellOfPixel(edges: Float64Array): Int32Array {
  const cells = edges.length - 1;
  const pixels = cells <= leastPixels ? cells * Math.ceil(leastPixels / cells) : mostPixels;
  let cell = 0;
  return Int32Array.from({ length: pixels }, (_, pixel) => {
    const share = (pixel + 0.5) / pixels;
    const at = edges[0] * (1 - share) + edges[cells] * share;
    while (cell < cells - 1 && at >= edges[cell + 1]) cell++;
    return cell;
  });
}
