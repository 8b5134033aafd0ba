/** The convolution networks of the benchmarks: their losses in the graph language, of one vector of weights. */
import * as f from "../../src/graph/functions.js";
import { type ConvolutionAttributes, convInputOperator } from "../../src/graph/operators/convolution.js";
import { type Shape, sizeOf } from "../../src/graph/shape.js";
import { apply } from "../../src/graph/tensor.js";

export interface Network {
  /** How many weights there are. */
  size: number;
  /** Shape of the images and of the targets for so many images. */
  shapes: (images: number) => { x: Shape; target: Shape };
  /** The sum of the losses of the images. */
  loss: (theta: f.Tensor, x: f.Tensor, target: f.Tensor) => f.Tensor;
}

/** Takes tensors from the front of a vector. */
function reader(theta: f.Tensor) {
  let offset = 0;
  return (...shape: number[]) => {
    offset += sizeOf(shape);
    return f.reshape(f.slice(theta, 0, offset - sizeOf(shape), offset), shape);
  };
}

/** ResNet-20 in its CIFAR form, batch norm with stored statistics (0 and 1); targets one-hot. */
export function resnet20({ classes = 10, size = 32, blocks = 3, width = 16 } = {}): Network {
  const widths = [width, 2 * width, 4 * width];
  const loss = (theta: f.Tensor, x: f.Tensor, target: f.Tensor) => {
    const take = reader(theta);
    const unit = (h: f.Tensor, cin: number, cout: number, kernel: number, stride: number) => {
      const z = f.conv2d(h, take(cout, cin, kernel, kernel), { stride, padding: (kernel - 1) / 2 });
      const stored = { mean: f.expand(f.constant(0), [cout]), variance: f.expand(f.constant(1), [cout]) };
      return f.batchNorm(z, stored, { scale: take(cout), shift: take(cout) });
    };
    let h = f.relu(unit(x, 3, width, 3, 1));
    let cin = width;
    for (const cout of widths) {
      for (let block = 0; block < blocks; block++) {
        const stride = block === 0 && cout !== cin ? 2 : 1;
        const inner = f.relu(unit(h, cin, cout, 3, stride));
        const outer = unit(inner, cout, cout, 3, 1);
        h = f.relu(f.add(outer, cin === cout ? h : unit(h, cin, cout, 1, stride)));
        cin = cout;
      }
    }
    const logits = f.add(f.matmul(f.mean(h, [2, 3]), take(classes, cin), { transposeB: true }), take(classes));
    return f.neg(f.sum(f.mul(target, f.logSoftmax(logits, 1))));
  };
  const unitSize = (cin: number, cout: number, taps: number) => cin * cout * taps + 2 * cout;
  let count = unitSize(3, width, 9) + classes * widths[2] + classes;
  for (const [i, cout] of widths.entries()) {
    const cin = i === 0 ? width : widths[i - 1];
    count +=
      unitSize(cin, cout, 9) + unitSize(cout, cout, 9) * (2 * blocks - 1) + (cin === cout ? 0 : unitSize(cin, cout, 1));
  }
  return { size: count, shapes: (n) => ({ x: [n, 3, size, size], target: [n, classes] }), loss };
}

/** A UNet of 3 levels with transposed convolutions on the way up; targets a mask. */
export function unet({ width = 16, size = 128 } = {}): Network {
  const widths = [width, 2 * width, 4 * width];
  const loss = (theta: f.Tensor, x: f.Tensor, target: f.Tensor) => {
    const take = reader(theta);
    const conv = (h: f.Tensor, cin: number, cout: number, kernel = 3) =>
      f.add(f.conv2d(h, take(cout, cin, kernel, kernel), { padding: (kernel - 1) / 2 }), take(cout, 1, 1));
    const twice = (h: f.Tensor, cin: number, cout: number) => f.relu(conv(f.relu(conv(h, cin, cout)), cout, cout));
    const up = (h: f.Tensor, cin: number, cout: number) => {
      const [height, columns] = [2 * h.shape[2], 2 * h.shape[3]];
      const steps = { stride: 2, padding: 0, dilation: 1, groups: 1 };
      const attributes: ConvolutionAttributes = { ...steps, kernel: [2, 2], size: [height, columns] };
      return f.add(apply(convInputOperator, [h, take(cin, cout, 2, 2)], attributes), take(cout, 1, 1));
    };
    const first = twice(x, 3, widths[0]);
    const second = twice(f.maxPool2d(first, { kernel: 2 }), widths[0], widths[1]);
    const third = twice(f.maxPool2d(second, { kernel: 2 }), widths[1], widths[2]);
    const fourth = twice(f.concat([up(third, widths[2], widths[1]), second], 1), widths[2], widths[1]);
    const fifth = twice(f.concat([up(fourth, widths[1], widths[0]), first], 1), widths[1], widths[0]);
    const logits = conv(fifth, widths[0], 1, 1);
    return f.div(f.sum(f.sub(f.softplus(logits), f.mul(target, logits))), size * size);
  };
  const twice = (cin: number, cout: number) => (cin + cout) * cout * 9 + 2 * cout;
  const up = (cin: number, cout: number) => cin * cout * 4 + cout;
  const [a, b, c] = widths;
  const count = twice(3, a) + twice(a, b) + twice(b, c) + up(c, b) + twice(c, b) + up(b, a) + twice(b, a) + a + 1;
  return { size: count, shapes: (n) => ({ x: [n, 3, size, size], target: [n, 1, size, size] }), loss };
}
