/** Scattered rows that together form a regular grid, in any order. */

/**
 * Sorts rows (coordinates along each axis, and a value) into the order of a grid, first axis fastest. The axes are the
 * distinct coordinates, ascending. `name` begins each message, `names` are the names of the axes, and `placeOf(row)`
 * gives the place of a row. Throws Error when a coordinate is not finite, or when a point of the grid is missing or
 * repeated.
 */
export function tensorGrid(
  coordinates: readonly Float64Array[],
  values: Float64Array,
  { name, names, placeOf }: { name: string; names: readonly string[]; placeOf: (row: number) => string },
): { axes: Float64Array[]; values: Float64Array } {
  for (const [k, column] of coordinates.entries()) {
    const row = column.findIndex((coordinate) => !Number.isFinite(coordinate));
    if (row >= 0)
      throw new Error(`${name}: ${names[k]} is ${column[row]} (${placeOf(row)}); expected a finite coordinate`);
  }
  const axes = coordinates.map((column) => distinct(column));
  const shape = axes.map((axis) => axis.length);
  const size = shape.reduce((product, length) => product * length, 1);
  const label = (vertex: number) => {
    let rest = vertex;
    const at = axes.map((axis, k) => {
      const index = rest % axis.length;
      rest = (rest - index) / axis.length;
      return `${names[k]} = ${axis[index]}`;
    });
    return at.join(", ");
  };
  const vertices = verticesOf(coordinates, axes, values.length);
  const rowOf = new Map<number, number>();
  for (const [row, vertex] of vertices.entries()) {
    const earlier = rowOf.get(vertex);
    if (earlier !== undefined) {
      throw new Error(`${name} has the point ${label(vertex)} twice (${placeOf(earlier)} and ${placeOf(row)})`);
    }
    rowOf.set(vertex, row);
  }
  if (rowOf.size !== size) {
    let missing = 0;
    while (rowOf.has(missing)) missing++;
    throw new Error(
      `${name} has ${values.length} points, which do not fill the grid of their coordinates, ${shape.join(" × ")}: ${label(missing)} is missing`,
    );
  }
  const ordered = new Float64Array(size);
  vertices.forEach((vertex, row) => {
    ordered[vertex] = values[row];
  });
  return { axes, values: ordered };
}

function distinct(values: Float64Array): Float64Array {
  return values.toSorted().filter((value, i, sorted) => i === 0 || value !== sorted[i - 1]);
}

/** The vertex of each row, first axis fastest. */
function verticesOf(coordinates: readonly Float64Array[], axes: readonly Float64Array[], rows: number): Float64Array {
  const vertices = new Float64Array(rows);
  let stride = 1;
  for (const [k, axis] of axes.entries()) {
    const indexOf = new Map(Array.from(axis, (coordinate, index) => [coordinate, index]));
    coordinates[k].forEach((coordinate, row) => {
      vertices[row] += stride * (indexOf.get(coordinate) as number);
    });
    stride *= axis.length;
  }
  return vertices;
}
