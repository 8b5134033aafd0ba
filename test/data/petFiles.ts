import sharp from "sharp";

/** The bytes of a PNG image of these pixels. */
export const png = (pixels: Uint8Array, width: number, height: number, channels: 1 | 3 = 3) =>
  sharp(pixels, { raw: { width, height, channels } })
    .toColourspace(channels === 1 ? "b-w" : "srgb")
    .png()
    .toBuffer();

/**
 * The files of a pet folder: images with a red left half, whose trimap is 1 on the left, 2 on the right, 3 between.
 */
export async function petFiles(names: string[], side = 32): Promise<Record<string, Uint8Array | string>> {
  const left = (i: number) => i % side < side / 2;
  const pixels = Uint8Array.from({ length: 3 * side * side }, (_, i) =>
    i % 3 === 0 && left(Math.floor(i / 3)) ? 255 : 0,
  );
  const trimap = Uint8Array.from({ length: side * side }, (_, i) => (left(i) ? 1 : (i % side) - side / 2 < 4 ? 3 : 2));
  const image = await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .jpeg({ quality: 100 })
    .toBuffer();
  const labels = await png(trimap, side, side, 1);
  const list = names.map((name, i) => `${name} ${i + 1} 1 1`).join("\n");
  return Object.fromEntries([
    ["annotations/trainval.txt", `#Image CLASS-ID SPECIES BREED ID\n${list}\n`],
    ...names.flatMap((name) => [
      [`images/${name}.jpg`, image],
      [`annotations/trimaps/${name}.png`, labels],
    ]),
  ]);
}
