import { constants, crc32, deflateSync } from "node:zlib";

/**
 * An 8-bit palette PNG (ISO/IEC 15948) of `width`×`height` palette indices, rows from the top.
 *
 * Rows are filtered by their difference to the row above and compressed by run lengths only. The result is small for
 * pictures made of blocks and, unlike a dictionary search, has the same bytes on every processor.
 */
export function encodePng(
  indices: Uint8Array,
  width: number,
  height: number,
  palette: [number, number, number][],
): Buffer {
  return encode(indices, width, height, 1, [chunk("PLTE", Buffer.from(palette.flat()))]);
}

/**
 * An 8-bit PNG of pixels, red, green and blue in turn (or one grey value per pixel), rows from the top, like encodePng.
 */
export function encodePixels(pixels: Uint8Array, width: number, height: number, channels: 1 | 3): Buffer {
  return encode(pixels, width, height, channels);
}

const GREY = 0;
const COLOUR = 2;
const PALETTE = 3;

function encode(bytes: Uint8Array, width: number, height: number, channels: 1 | 3, palette: Buffer[] = []): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // bit depth, colour type, deflate, standard filters, no interlace
  header.set([8, palette.length > 0 ? PALETTE : channels === 3 ? COLOUR : GREY, 0, 0, 0], 8);
  const length = width * channels;
  const rows = Buffer.alloc((length + 1) * height);
  for (let y = 0; y < height; y++) {
    const start = y * (length + 1);
    rows[start] = 2; // filter "up"
    for (let x = 0; x < length; x++) {
      const above = y > 0 ? bytes[(y - 1) * length + x] : 0;
      rows[start + 1 + x] = bytes[y * length + x] - above;
    }
  }
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    ...palette,
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
