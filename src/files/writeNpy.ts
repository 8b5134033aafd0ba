/** Writes the .npy and .npz formats of NumPy (NEP 1, header version 1.0). */

type NpyNumbers = Float64Array | Float32Array | Int32Array | Uint8Array;

const descriptions = { Float64Array: "<f8", Float32Array: "<f4", Int32Array: "<i4", Uint8Array: "|u1" };

/** The bytes of a .npy file, the last index fastest. */
export function writeNpy(values: NpyNumbers, shape: readonly number[]): Uint8Array {
  const description = descriptions[values.constructor.name as keyof typeof descriptions];
  return fileOf(description, shape, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

/** Texts as a .npy file of UTF-32, padded to the length of the longest. */
export function writeNpyTexts(texts: readonly string[]): Uint8Array {
  const letters = texts.map((text) => Array.from(text, (letter) => letter.codePointAt(0) as number));
  const width = Math.max(1, ...letters.map(({ length }) => length));
  const codes = new Uint32Array(texts.length * width);
  for (const [row, own] of letters.entries()) codes.set(own, row * width);
  return fileOf(`<U${width}`, [texts.length], new Uint8Array(codes.buffer));
}

/** The bytes of a .npz file of these .npy files by name, without compression and clock times. */
export async function writeNpz(arrays: readonly (readonly [name: string, npy: Uint8Array])[]): Promise<Uint8Array> {
  const { zipSync } = await import("fflate");
  const files = Object.fromEntries(arrays.map(([name, bytes]) => [`${name}.npy`, bytes]));
  return zipSync(files, { level: 0, mtime: "1980-01-01T00:00:00" });
}

function fileOf(description: string, shape: readonly number[], numbers: Uint8Array): Uint8Array {
  const size = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '${description}', 'fortran_order': False, 'shape': (${size}), }`;
  // The numbers begin at a multiple of 64 bytes.
  const padded = `${header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11)}\n`;
  const start = Buffer.from(`\x93NUMPY\x01\x00__${padded}`, "latin1");
  start.writeUInt16LE(padded.length, 8);
  return Buffer.concat([start, numbers]);
}
