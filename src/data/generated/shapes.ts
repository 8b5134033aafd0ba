import { type Random, randomStream } from "../../linalg/random.js";
import type { Dataset } from "../dataset.js";
import type { GeneratorOptions } from "./options.js";
import { arc, coverage, distanceToPolygon, type Point, toByte } from "./raster.js";

/** Signed distance to a shape of about unit radius around the origin. */
type Shape = (x: number, y: number) => number;

const polygon =
  (corners: readonly Point[]): Shape =>
  (x, y) =>
    distanceToPolygon(corners, x, y);

/** The corners of a regular polygon, or of a star when two radii alternate. */
function corners(count: number, ...radii: number[]): Point[] {
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count - Math.PI / 2;
    const radius = radii[i % radii.length];
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

const disc =
  (radius: number): Shape =>
  (x, y) =>
    Math.hypot(x, y) - radius;

const arm = 0.32;
const shapes: Readonly<Record<string, Shape>> = {
  disc: disc(0.9),
  ring: (x, y) => Math.abs(Math.hypot(x, y) - 0.72) - 0.23,
  crescent: polygon([...arc(0, 0, 0.95, 0.95, 57, 303), ...arc(0.45, 0, 0.8, 0.8, 274.8, 85.2)]),
  triangle: polygon(corners(3, 1)),
  square: polygon(corners(4, 1)),
  pentagon: polygon(corners(5, 0.95)),
  star: polygon(corners(10, 1, 0.42)),
  cross: polygon([
    [-arm, -1],
    [arm, -1],
    [arm, -arm],
    [1, -arm],
    [1, arm],
    [arm, arm],
    [arm, 1],
    [-arm, 1],
    [-arm, arm],
    [-1, arm],
    [-1, -arm],
    [-arm, -arm],
  ]),
  bar: polygon([
    [-1, -0.28],
    [1, -0.28],
    [1, 0.28],
    [-1, 0.28],
  ]),
  arrow: polygon([
    [0, -1],
    [0.8, 0],
    [0.3, 0],
    [0.3, 0.95],
    [-0.3, 0.95],
    [-0.3, 0],
    [-0.8, 0],
  ]),
};
const names = Object.keys(shapes);

type Colour = readonly [number, number, number];

/** The signed distance to a shape in the image, rotated and stretched. Far from the shape it is a lower bound. */
function place(shape: Shape, size: number, x: number, y: number, random: Random): Shape {
  const turn = 2 * Math.PI * random.uniform();
  const stretch = 1 + 0.3 * (random.uniform() - 0.5);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const [wide, high] = [size * stretch, size / stretch];
  const scale = Math.min(wide, high);
  return (px, py) => {
    const u = (cos * (px - x) + sin * (py - y)) / wide;
    const v = (cos * (py - y) - sin * (px - x)) / high;
    const radius = Math.hypot(u, v);
    return (radius > 1.6 ? radius - 1.1 : shape(u, v)) * scale;
  };
}

/** A colour gradient across the image, with waves. */
function background(random: Random): (x: number, y: number) => Colour {
  const [from, to] = [colour(random), colour(random)];
  const turn = 2 * Math.PI * random.uniform();
  const [wave, phase, strength] = [4 + 16 * random.uniform(), 6 * random.uniform(), 0.15 * random.uniform()];
  return (x, y) => {
    const along = 0.5 + (x - 0.5) * Math.cos(turn) + (y - 0.5) * Math.sin(turn);
    const ripple = strength * Math.sin(wave * (x * Math.sin(turn) - y * Math.cos(turn)) + phase);
    return [0, 1, 2].map((c) => from[c] + (to[c] - from[c]) * along + ripple) as unknown as Colour;
  };
}

const colour = (random: Random): Colour => [random.uniform(), random.uniform(), random.uniform()];

/** A colour that contrasts with another. */
function contrasting(other: Colour, random: Random): Colour {
  for (;;) {
    const own = colour(random);
    if (Math.hypot(...own.map((value, c) => value - other[c])) > 0.45) return own;
  }
}

/** The bytes [3, side, side] of `paint` at the centre of each pixel, with normal noise. */
function image(side: number, paint: (x: number, y: number) => Colour, noise: number, random: Random): Uint8Array {
  const bytes = new Uint8Array(3 * side * side);
  for (let i = 0; i < side * side; i++) {
    const painted = paint(((i % side) + 0.5) / side, (Math.floor(i / side) + 0.5) / side);
    for (let c = 0; c < 3; c++) bytes[c * side * side + i] = toByte(painted[c] + noise * random.normal());
  }
  return bytes;
}

const over = (below: Colour, above: Colour, cover: number): Colour =>
  below.map((value, c) => value + (above[c] - value) * cover) as unknown as Colour;

/** Colour images [3, side, side], standardised alike. */
const images = { offset: [127], scale: [1 / 65] };

/**
 * Coloured shapes: 32 × 32 images of one of ten shapes, of any colour, size and rotation, on a background of any
 * colours, with a small disc as a distractor and noise. The label is the shape; colours carry no information. Sample i
 * of a split depends only on the seed, the split and i.
 */
export function colouredShapes({ count, seed, split }: GeneratorOptions): Dataset {
  const side = 32;
  const inputs = new Uint8Array(count * 3 * side * side);
  const targets = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const random = randomStream(seed, "shapes", split, i);
    targets[i] = random.integer(names.length);
    const size = 0.22 + 0.16 * random.uniform();
    const at = () => size + (1 - 2 * size) * random.uniform();
    const shape = place(shapes[names[targets[i]]], size, at(), at(), random);
    const behind = background(random);
    const own = contrasting(behind(0.5, 0.5), random);
    const spot = place(shapes.disc, 0.03 + 0.05 * random.uniform(), random.uniform(), random.uniform(), random);
    const spotColour = colour(random);
    const paint = (x: number, y: number) => {
      const distracted = over(behind(x, y), spotColour, coverage(spot(x, y), 1 / side));
      return over(distracted, own, coverage(shape(x, y), 1 / side));
    };
    inputs.set(image(side, paint, 0.02 + 0.06 * random.uniform(), random), i * 3 * side * side);
  }
  return {
    task: "classification",
    inputShape: [3, side, side],
    targetShape: [],
    classes: names,
    inputs,
    targets,
    ...images,
  };
}

/**
 * Shapes to segment: side × side images with one to three shapes of any kind. Each pixel is object, background or
 * border, which makes the labels a trimap. The border lies within a fiftieth of the side (at least a pixel) of the
 * outline. Objects are striped and backgrounds are not, so colour alone is not enough.
 */
export function shapesToSegment({ count, seed, split, side }: GeneratorOptions & { readonly side: number }): Dataset {
  const pixels = side * side;
  const inputs = new Uint8Array(count * 3 * pixels);
  const targets = new Uint8Array(count * pixels);
  const border = Math.max(1, side / 50) / side;
  for (let i = 0; i < count; i++) {
    const random = randomStream(seed, "segmentation", split, i);
    const behind = background(random);
    const objects = Array.from({ length: 1 + random.integer(3) }, () => {
      const size = 0.16 + 0.18 * random.uniform();
      const at = () => size + (1 - 2 * size) * random.uniform();
      const kind = shapes[names[random.integer(names.length)]];
      const [x, y] = [at(), at()];
      const [first, second] = [contrasting(behind(x, y), random), colour(random)];
      const [wave, turn] = [40 + 60 * random.uniform(), 2 * Math.PI * random.uniform()];
      const stripes = (px: number, py: number) =>
        over(first, second, 0.5 + 0.5 * Math.sin(wave * (px * Math.cos(turn) + py * Math.sin(turn))));
      return { stripes, distance: place(kind, size, x, y, random) };
    });
    let pixel = i * pixels;
    const paint = (x: number, y: number) => {
      let painted = behind(x, y);
      let nearest = Infinity;
      for (const { stripes, distance } of objects) {
        const own = distance(x, y);
        const cover = coverage(own, 1 / side);
        if (cover > 0) painted = over(painted, stripes(x, y), cover);
        nearest = Math.min(nearest, own);
      }
      targets[pixel++] = Math.abs(nearest) <= border ? 2 : nearest < 0 ? 0 : 1;
      return painted;
    };
    inputs.set(image(side, paint, 0.02 + 0.05 * random.uniform(), random), i * 3 * pixels);
  }
  return {
    task: "segmentation",
    inputShape: [3, side, side],
    targetShape: [side, side],
    classes: ["object", "background", "border"],
    inputs,
    targets,
    ...images,
  };
}
