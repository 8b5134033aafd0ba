import { type Random, randomStream } from "../../linalg/random.js";
import type { Dataset } from "../dataset.js";
import type { GeneratorOptions } from "./options.js";
import { type Affine, applyAffine, arc, coverage, distanceToChain, type Point, toByte } from "./raster.js";

const SIDE = 28;

/**
 * The strokes of each digit in the unit square. When there are several ways of writing a digit, one is drawn at random.
 */
const strokes: readonly (readonly (readonly Point[])[])[][] = [
  [[arc(0.5, 0.5, 0.25, 0.37, 0, 360)]],
  [
    [
      [
        [0.36, 0.28],
        [0.53, 0.13],
        [0.53, 0.87],
      ],
    ],
    [
      [
        [0.5, 0.13],
        [0.5, 0.87],
      ],
    ],
  ],
  [[[...arc(0.49, 0.33, 0.23, 0.2, 190, 395), [0.27, 0.86], [0.76, 0.86]]]],
  [[arc(0.46, 0.31, 0.22, 0.18, 205, 450), arc(0.46, 0.68, 0.25, 0.19, 270, 515)]],
  [
    [
      [
        [0.6, 0.88],
        [0.6, 0.12],
        [0.25, 0.6],
        [0.78, 0.6],
      ],
    ],
    [
      [
        [0.32, 0.14],
        [0.27, 0.52],
        [0.74, 0.52],
      ],
      [
        [0.66, 0.22],
        [0.62, 0.88],
      ],
    ],
  ],
  [[[[0.72, 0.14], [0.35, 0.14], [0.32, 0.46], ...arc(0.48, 0.65, 0.24, 0.22, 235, 515)]]],
  [[[[0.64, 0.12], [0.45, 0.25], [0.33, 0.42], ...arc(0.5, 0.66, 0.23, 0.21, 180, 545)]]],
  [
    [
      [
        [0.25, 0.15],
        [0.74, 0.15],
        [0.44, 0.87],
      ],
    ],
    [
      [
        [0.25, 0.15],
        [0.74, 0.15],
        [0.44, 0.87],
      ],
      [
        [0.4, 0.5],
        [0.68, 0.5],
      ],
    ],
  ],
  [[arc(0.5, 0.31, 0.19, 0.18, 0, 360), arc(0.5, 0.69, 0.24, 0.19, 0, 360)]],
  [[[...arc(0.5, 0.34, 0.22, 0.21, 0, 370), [0.71, 0.58], [0.6, 0.88]]]],
];

/**
 * Drawn digits: 28 × 28 grey images. Each shows strokes under a random affine map, with jittered points, random
 * thickness and contrast, noise and a stray stroke. Sample i of a split depends only on the seed, the split and i.
 */
export function drawnDigits({ count, seed, split }: GeneratorOptions): Dataset {
  const inputs = new Uint8Array(count * SIDE * SIDE);
  const targets = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const random = randomStream(seed, "digits", split, i);
    targets[i] = random.integer(10);
    inputs.set(drawDigit(targets[i], random), i * SIDE * SIDE);
  }
  return {
    task: "classification",
    inputShape: [1, SIDE, SIDE],
    targetShape: [],
    classes: strokes.map((_, digit) => String(digit)),
    inputs,
    targets,
    offset: [35],
    scale: [1 / 60],
  };
}

function drawDigit(digit: number, random: Random): Uint8Array {
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  const variants = strokes[digit];
  const map = affine(random);
  const chains = variants[random.integer(variants.length)].map((chain) =>
    chain.map(([x, y]) => applyAffine(map, [x + 0.018 * random.normal(), y + 0.018 * random.normal()])),
  );
  const thickness = between(0.045, 0.13);
  const stray: Point[] = [
    [between(0, 1), between(0, 1)],
    [between(0, 1), between(0, 1)],
  ];
  const ink = between(0.55, 1);
  const strayInk = random.uniform() < 0.5 ? between(0.15, 0.6) * ink : 0;
  const noise = between(0.02, 0.18);
  const pixel = 1 / SIDE;
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [x, y] = [((i % SIDE) + 0.5) * pixel, (Math.floor(i / SIDE) + 0.5) * pixel];
    const distance = Math.min(...chains.map((chain) => distanceToChain(chain, x, y)));
    const drawn = ink * coverage(distance - thickness / 2, 1.5 * pixel);
    const other = strayInk > 0 ? strayInk * coverage(distanceToChain(stray, x, y) - 0.02, 1.5 * pixel) : 0;
    return toByte(Math.max(drawn, other) + noise * random.normal());
  });
}

/** A random rotation, slant, stretch and shift about the centre. */
function affine(random: Random): Affine {
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  const turn = between(-0.35, 0.35);
  const slant = between(-0.3, 0.3);
  const [wide, high] = [between(0.55, 1.1), between(0.6, 1.05)];
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const a = wide * cos;
  const b = high * (slant * cos - sin);
  const c = wide * sin;
  const d = high * (slant * sin + cos);
  const centre = [0.5 + between(-0.12, 0.12), 0.5 + between(-0.12, 0.12)];
  return { a, b, c, d, x: centre[0] - 0.5 * (a + b), y: centre[1] - 0.5 * (c + d) };
}
