/** Writes VTK's XML files, with binary arrays in base64 behind 64-bit lengths ("VTK File Formats"). */

export type VtkNumbers = Float64Array | Float32Array | Int32Array;

const types = { Float64Array: "Float64", Float32Array: "Float32", Int32Array: "Int32" };

/** Values on points by name, x fastest. */
export type PointArrays = readonly (readonly [name: string, values: VtkNumbers])[];

const named = (text: string) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

function dataArray(name: string, values: VtkNumbers, components = 1): string {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  const type = types[values.constructor.name as keyof typeof types];
  const content = Buffer.concat([length, bytes]).toString("base64");
  return `<DataArray type="${type}" Name="${named(name)}" NumberOfComponents="${components}" format="binary">${content}</DataArray>\n`;
}

const file = (type: string, content: string) =>
  Buffer.from(
    `<?xml version="1.0"?>\n<VTKFile type="${type}" version="1.0" byte_order="LittleEndian" header_type="UInt64">\n` +
      `${content}</VTKFile>\n`,
  );

const pointData = (arrays: PointArrays) =>
  `<PointData Scalars="${named(arrays[0]?.[0] ?? "")}">\n` +
  `${arrays.map(([name, values]) => dataArray(name, values)).join("")}</PointData>\n`;

/** Image data (.vti): evenly spaced axes along x, y and z. */
export function writeVti(
  shape: readonly number[],
  origin: number[],
  spacing: number[],
  arrays: PointArrays,
): Uint8Array {
  const extent = shape.map((length) => `0 ${length - 1}`).join(" ");
  const places = `Origin="${origin.join(" ")}" Spacing="${spacing.join(" ")}"`;
  return file(
    "ImageData",
    `<ImageData WholeExtent="${extent}" ${places}>\n<Piece Extent="${extent}">\n${pointData(arrays)}</Piece>\n</ImageData>\n`,
  );
}

/** A rectilinear grid (.vtr): axes along x, y and z. */
export function writeVtr(axes: readonly Float64Array[], arrays: PointArrays): Uint8Array {
  const extent = axes.map(({ length }) => `0 ${length - 1}`).join(" ");
  const coordinates = axes.map((axis, k) => dataArray("xyz"[k], axis)).join("");
  return file(
    "RectilinearGrid",
    `<RectilinearGrid WholeExtent="${extent}">\n<Piece Extent="${extent}">\n${pointData(arrays)}` +
      `<Coordinates>\n${coordinates}</Coordinates>\n</Piece>\n</RectilinearGrid>\n`,
  );
}

/** Polygonal data (.vtp): points [n × 3] with a vertex each, and lines between pairs of them. */
export function writeVtp(
  points: Float64Array,
  lines: readonly (readonly [number, number])[],
  arrays: PointArrays,
): Uint8Array {
  const count = points.length / 3;
  const each = Int32Array.from({ length: count }, (_, i) => i);
  const cells = (name: string, connectivity: Int32Array, width: number) =>
    `<${name}>\n${dataArray("connectivity", connectivity)}` +
    `${dataArray(
      "offsets",
      Int32Array.from({ length: connectivity.length / width }, (_, i) => width * (i + 1)),
    )}</${name}>\n`;
  return file(
    "PolyData",
    `<PolyData>\n<Piece NumberOfPoints="${count}" NumberOfVerts="${count}" NumberOfLines="${lines.length}" NumberOfStrips="0" NumberOfPolys="0">\n` +
      `${pointData(arrays)}<Points>\n${dataArray("Points", points, 3)}</Points>\n` +
      `${cells("Verts", each, 1)}${cells("Lines", Int32Array.from(lines.flat()), 2)}</Piece>\n</PolyData>\n`,
  );
}
