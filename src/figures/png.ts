import { constants, crc32, deflateSync } from "node:zlib";

/**
 * An 8-bit palette PNG (ISO/IEC 15948) of `width`×`height` palette indices, rows from the top.
 *
 * Rows are filtered by their difference to the row above and compressed by run lengths only: that is small for pictures made
 * of blocks, and unlike a dictionary search it gives the same bytes on every processor.
 */
export function encodePng(
  indices: Uint8Array,
  width: number,
  height: number,
  palette: [number, number, number][],
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8); // bit depth, palette colour, deflate, standard filters, no interlace
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    const start = y * (width + 1);
    rows[start] = 2; // filter "up"
    for (let x = 0; x < width; x++) {
      const above = y > 0 ? indices[(y - 1) * width + x] : 0;
      rows[start + 1 + x] = indices[y * width + x] - above;
    }
  }
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from(palette.flat())),
    chunk("IDAT", deflateSync(rows, { level: 9, strategy: constants.Z_RLE })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(typed.length + 8);
  frame.writeUInt32BE(data.length, 0);
  frame.set(typed, 4);
  frame.writeUInt32BE(crc32(typed), typed.length + 4);
  return frame;
}
