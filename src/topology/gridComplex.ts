/** The complex of a regular grid: cubes along its axes, or the simplices of its Freudenthal triangulation. */
export type Complex = "cubical" | "freudenthal";

/** A type of cell. It is the same at every place of the grid: a cell is given by its base vertex and its type. */
interface CellType {
  /** The move from the vertex to each corner. */
  readonly corners: readonly Move[];
  /** The axes that it extends along, bit by bit: it does not fit at vertices at the end of one of them. */
  readonly span: number;
  /** Its faces: where they grow from, and the number of their type among those of one dimension less. */
  readonly faces: readonly (Move & { readonly type: number })[];
}

/** A step along each axis of a set, bit by bit, and what it adds to a vertex's id where none of them ends. */
interface Move {
  readonly axes: number;
  readonly step: number;
}

export interface GridComplex {
  /** The number of vertices. */
  readonly count: number;
  /** The types of cells of each dimension. */
  readonly types: readonly (readonly CellType[])[];
  /** For each vertex the axes at whose end it lies, bit by bit. */
  readonly ends: Uint8Array;
  /** Axes that close to a circle: at their end, too, cells grow, to the other end. */
  readonly periodic: number;
  /** For each set of axes at whose end a move leads over the seam: what that adds to a vertex's id. */
  readonly seam: Int32Array;
}

/** The vertex that a move leads to. */
export function moved({ ends, seam }: GridComplex, vertex: number, { axes, step }: Move): number {
  return vertex + step + seam[ends[vertex] & axes];
}

/**
 * A cell as the sets of axes that lead from each corner to the next: one set of axes for a cube, a chain of sets for a
 * simplex.
 */
type Steps = readonly number[];

/**
 * The cells of a grid, first axis fastest, with the grid's samples as vertices.
 *
 * - `cubical`: a cube for each set of axes (the V-construction); its edges are the neighbours of `axis`.
 * - `freudenthal`: a simplex for each chain of sets of axes, which makes 150 types in four dimensions; its edges are
 * the
 *   neighbours of `freudenthal`, in the same orientation: steps along the first axis are taken downwards.
 *
 * Along a periodic axis the last vertex is next to the first. One of length 1 stays as it is.
 *
 * Throws RangeError for other than 1 to 6 axes.
 */
export function gridComplex(
  shape: readonly number[],
  complex: Complex,
  periodic: readonly boolean[] = [],
): GridComplex {
  const axes = shape.length;
  if (axes < 1 || axes > 6) throw new RangeError(`the complex of a grid needs 1 to 6 axes; found [${shape}]`);
  const count = shape.reduce((product, length) => product * length, 1);
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, length) => product * length, 1));
  const signs = shape.map((_, axis) => (complex === "freudenthal" && axis === 0 ? -1 : 1));
  const stepOf = (set: number) =>
    strides.reduce((sum, stride, axis) => (set & (1 << axis) ? sum + signs[axis] * stride : sum), 0);
  const move = (set: number): Move => ({ axes: set, step: stepOf(set) });

  const cells = complex === "cubical" ? cubes(axes) : chains(axes);
  const names = cells.map((same) => new Map(same.map((steps, type) => [steps.join(), type])));
  const typeOf = (dimension: number, steps: Steps, from = 0) => ({
    ...move(from),
    type: names[dimension].get(steps.join())!,
  });
  const types = cells.map((same, dimension) =>
    same.map((steps): CellType => {
      const span = steps.reduce((all, set) => all | set, 0);
      if (complex === "cubical") {
        const sets = subsets(span);
        const faces = axesOf(span).flatMap((axis) => [
          typeOf(dimension - 1, without(span, axis)),
          typeOf(dimension - 1, without(span, axis), axis),
        ]);
        return { corners: sets.map(move), span, faces };
      }
      const corners = [0];
      for (const set of steps) corners.push(corners[corners.length - 1] | set);
      return {
        corners: corners.map(move),
        span,
        faces: dimension === 0 ? [] : facesOf(steps, (...face) => typeOf(dimension - 1, ...face)),
      };
    }),
  );
  const closed = shape.reduce((set, length, axis) => (periodic[axis] && length > 1 ? set | (1 << axis) : set), 0);
  const seam = Int32Array.from({ length: 1 << axes }, (_, set) =>
    strides.reduce(
      (sum, stride, axis) => (set & closed & (1 << axis) ? sum - signs[axis] * stride * shape[axis] : sum),
      0,
    ),
  );
  return { count, types, ends: endsOf(shape, signs), periodic: closed, seam };
}

/** By dimension. The empty set stands for the vertex. */
function cubes(axes: number): Steps[][] {
  const all: Steps[][] = Array.from({ length: axes + 1 }, () => []);
  for (let span = 0; span < 1 << axes; span++) all[axesOf(span).length].push(span === 0 ? [] : [span]);
  return all;
}

const without = (span: number, axis: number): Steps => (span === axis ? [] : [span & ~axis]);

/** Every list of disjoint sets of axes, by length. */
function chains(axes: number): Steps[][] {
  const all: Steps[][] = [[[]]];
  for (let length = 1; length <= axes; length++) {
    all.push(
      all[length - 1].flatMap((chain) => {
        const used = chain.reduce((sum, set) => sum | set, 0);
        return subsets(((1 << axes) - 1) & ~used).flatMap((set) => (set === 0 ? [] : [[...chain, set]]));
      }),
    );
  }
  return all;
}

/**
 * The faces of a simplex: without its first corner, without its last one, or without one in between, which merges two
 * steps.
 */
function facesOf<T>(steps: Steps, typeOf: (steps: Steps, from?: number) => T): T[] {
  const between = steps.slice(1).map((set, i) => typeOf([...steps.slice(0, i), steps[i] | set, ...steps.slice(i + 2)]));
  return [typeOf(steps.slice(1), steps[0]), ...between, typeOf(steps.slice(0, -1))];
}

/** The single axes of a set, each as a set. */
function axesOf(set: number): number[] {
  return Array.from({ length: 6 }, (_, axis) => 1 << axis).filter((axis) => (set & axis) !== 0);
}

function subsets(set: number): number[] {
  return Array.from({ length: set + 1 }, (_, part) => part).filter((part) => (part & ~set) === 0);
}

function endsOf(shape: readonly number[], signs: readonly number[]): Uint8Array {
  let table = new Uint8Array(1);
  for (const [axis, length] of shape.entries()) {
    const longer = new Uint8Array(table.length * length);
    const end = signs[axis] > 0 ? length - 1 : 0;
    for (let i = 0; i < length; i++) {
      for (let j = 0; j < table.length; j++) longer[i * table.length + j] = table[j] | (i === end ? 1 << axis : 0);
    }
    table = longer;
  }
  return table;
}
