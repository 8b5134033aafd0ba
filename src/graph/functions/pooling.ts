/** Pooling of images [N, C, H, W], with PyTorch's sizes and conventions. */
import { reshape } from "../operators/broadcast.js";
import { add, div, maximum } from "../operators/elementwise.js";
import { pad, sliceRanges } from "../operators/movement.js";
import { constant, type Tensor } from "../tensor.js";
import { mean } from "./reductions.js";

interface PoolingOptions {
  /** Height and width of the window. */
  kernel: number;
  /** Stride between windows (default: the kernel). */
  stride?: number;
  /** Pixels added around the image, at most half a kernel (default 0). */
  padding?: number;
}

/** The largest element of each window, which receives the derivative; ties go to the first, row by row. */
export function maxPool2d(x: Tensor, options: PoolingOptions): Tensor {
  const { padding = 0 } = checkedOptions("maxPool2d", x, options);
  const [, , height, width] = x.shape;
  const padded = padding === 0 ? x : add(padImage(x, padding), frame(height, width, padding));
  return windows(padded, options).reduce((largest, next) => maximum(largest, next));
}

/** The mean of each window, including zeros of the padding. */
export function averagePool2d(x: Tensor, options: PoolingOptions): Tensor {
  const { kernel, stride = kernel, padding = 0 } = checkedOptions("averagePool2d", x, options);
  const [images, channels, height, width] = x.shape;
  if (stride === kernel && padding === 0 && height % kernel === 0 && width % kernel === 0) {
    return mean(reshape(x, [images, channels, height / kernel, kernel, width / kernel, kernel]), [3, 5]);
  }
  return div(
    windows(padImage(x, padding), options).reduce((total, next) => add(total, next)),
    kernel ** 2,
  );
}

function checkedOptions(name: string, { shape }: Tensor, options: PoolingOptions): PoolingOptions {
  const { kernel, stride = kernel, padding = 0 } = options;
  if (shape.length !== 4) throw new RangeError(`${name}: expected images [N, C, H, W], found shape [${shape}]`);
  const whole = [kernel, stride].every((value) => Number.isInteger(value) && value > 0) && Number.isInteger(padding);
  if (!whole || padding < 0 || padding > kernel / 2) {
    throw new RangeError(
      `${name}: kernel ${kernel}, stride ${stride}, padding ${padding}; ` +
        "expected whole numbers ≥ 1 and a padding of at most half the kernel",
    );
  }
  if (Math.min(shape[2], shape[3]) + 2 * padding < kernel) {
    throw new RangeError(`${name}: a window of ${kernel} does not fit shape [${shape}] with padding ${padding}`);
  }
  return options;
}

function padImage(x: Tensor, width: number): Tensor {
  const margin = [0, 0, width, width];
  return pad(x, margin, margin);
}

/** Zeros with −∞ around them. */
function frame(height: number, width: number, thickness: number): Tensor {
  const shape = [1, 1, height + 2 * thickness, width + 2 * thickness];
  const values = new Float64Array(shape[2] * shape[3]).fill(-Infinity);
  for (let row = thickness; row < height + thickness; row++) {
    values.fill(0, row * shape[3] + thickness, row * shape[3] + thickness + width);
  }
  return constant(values, shape);
}

/** For each position in the window, row by row, the elements there in all windows. */
function windows(x: Tensor, { kernel, stride = kernel }: PoolingOptions): Tensor[] {
  const [images, channels, height, width] = x.shape;
  const span = (length: number) => Math.floor((length - kernel) / stride) * stride + 1;
  return Array.from({ length: kernel ** 2 }, (_, i) => {
    const [top, left] = [Math.floor(i / kernel), i % kernel];
    const ends = [images, channels, top + span(height), left + span(width)];
    return sliceRanges(x, [0, 0, top, left], ends, [1, 1, stride, stride]);
  });
}
