import { lossColours } from "./theme.js";

const hex = (text: string) => text.split(" ").map((colour) => `#${colour}`);

/**
 * Colour maps by name, from low to high. The first five rise evenly in lightness and work for people with any colour
 * vision (blues and greys: ColorBrewer; the others: matplotlib); blueorange has two sides, for values around a middle.
 */
export const colourRamps: Readonly<Record<string, readonly string[]>> = {
  blues: lossColours,
  viridis: hex("440154 472d7b 3b528b 2c728e 21918d 28ae80 5dc963 abdc32 fde725"),
  cividis: hex("002051 11366c 3b4c6e 61636f 7e7b75 989278 b7ac73 dec85f fce647"),
  magma: hex("000004 1d1046 51137c 822582 b6377a e65164 fb8762 fec387 fcfdbf"),
  greys: hex("1e1e1e 3b3b3b 585858 707070 888888 a2a2a2 bbbbbb d0d0d0 e2e2e2"),
  blueorange: hex("134b85 3b83b9 7db6d6 c5deec f2f0eb fcd8a9 f2a952 ce7416 994a07"),
};
