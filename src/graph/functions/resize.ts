/** Resizing of images [N, C, H, W], with PyTorch's conventions. */
import { expand, reshape } from "../operators/broadcast.js";
import { gather } from "../operators/gather.js";
import { matmul } from "../operators/matmul.js";
import { constant, type Tensor } from "../tensor.js";

type Size = readonly [height: number, width: number];

/** Each pixel takes the value of the source pixel that covers its upper left corner. */
export function resizeNearest(x: Tensor, size: Size): Tensor {
  checkSize("resizeNearest", x, size);
  const [images, channels, height, width] = x.shape;
  const [scaleY, scaleX] = [size[0] / height, size[1] / width];
  if (Number.isInteger(scaleY) && Number.isInteger(scaleX)) {
    const repeated = expand(reshape(x, [images, channels, height, 1, width, 1]), [
      ...[images, channels, height, scaleY, width, scaleX],
    ]);
    return reshape(repeated, [images, channels, ...size]);
  }
  const source = (from: number, to: number) => Float64Array.from({ length: to }, (_, i) => Math.floor((i * from) / to));
  const rows = gather(x, constant(source(height, size[0]), [1, 1, size[0], 1]), 2);
  return gather(rows, constant(source(width, size[1]), [1, 1, 1, size[1]]), 3);
}

/**
 * Bilinear interpolation, as two products with constant matrices. By default pixels are squares, and the outer edges of
 * both images coincide. With `alignCorners` they are points, and the outermost points of both images coincide.
 */
export function resizeBilinear(x: Tensor, size: Size, { alignCorners = false } = {}): Tensor {
  checkSize("resizeBilinear", x, size);
  const [, , height, width] = x.shape;
  const rows = height === size[0] ? x : matmul(interpolation(height, size[0], alignCorners), x);
  if (width === size[1]) return rows;
  return matmul(rows, interpolation(width, size[1], alignCorners), { transposeB: true });
}

/** The matrix [to, from] of linear interpolation. */
function interpolation(from: number, to: number, alignCorners: boolean): Tensor {
  const matrix = new Float64Array(to * from);
  for (let i = 0; i < to; i++) {
    const aligned = to === 1 ? 0 : (i * (from - 1)) / (to - 1);
    const place = alignCorners ? aligned : Math.max(0, ((i + 0.5) * from) / to - 0.5);
    const left = Math.min(Math.floor(place), from - 1);
    const right = Math.min(left + 1, from - 1);
    const weight = right === left ? 0 : place - left;
    matrix[i * from + left] += 1 - weight;
    matrix[i * from + right] += weight;
  }
  return constant(matrix, [to, from]);
}

function checkSize(name: string, { shape }: Tensor, size: Size): void {
  if (shape.length !== 4) throw new RangeError(`${name}: expected images [N, C, H, W], found shape [${shape}]`);
  if (!size.every((length) => Number.isInteger(length) && length > 0)) {
    throw new RangeError(`${name}: expected a height and a width of whole pixels, found [${size}]`);
  }
}
