/**
 * Artifacts are what stages exchange. In memory they are plain columns, checked by kind; artifactFile.ts stores them as
 * files.
 */
/** A fixed-size list per row: row i is values[i·width … (i+1)·width). */
export interface VectorColumn {
  width: number;
  values: Float64Array | Float32Array | Int32Array | Uint8Array;
}

/** A list of any length per row: row i is values[offsets[i] … offsets[i+1]). */
export interface ListColumn {
  offsets: Int32Array;
  values: Int32Array | Float64Array;
}

export type Column = Float64Array | Float32Array | Int32Array | string[] | Uint8Array[] | VectorColumn | ListColumn;

/** Facts about an artifact that are not rows: units, shape, provenance. Plain JSON; NaN and Infinity are allowed. */
export type Metadata = Record<string, unknown>;

/** Headline numbers, in display order. */
export type Summary = Record<string, number | string>;

export interface Artifact {
  kind: ArtifactKind;
  columns: Record<string, Column>;
  metadata: Metadata;
  summary: Summary;
}

type ColumnType = "f64" | "int" | "string" | "binary" | "vector" | "list";

/** The leading columns of each kind (see stages/README.md). More columns may follow. */
const leadingColumns = {
  dataset: { input: "vector", target: "vector" },
  model: { step: "int", loss: "f64", weights: "vector" },
  directions: { vector: "vector", eigenvalue: "f64", residual: "f64" },
  grid: { loss: "f64" },
  points: { loss: "f64" },
  tree: {
    vertex: "int",
    value: "f64",
    type: "string",
    parent: "int",
    size: "int",
    meanLoss: "f64",
    members: "list",
  },
  barcode: { dimension: "int", birth: "f64", death: "f64", birthVertex: "int", deathVertex: "int" },
  profile: { basin: "int", parent: "int", value: "f64", left: "f64", right: "f64", meanLoss: "f64" },
  spectrum: { block: "string", quantity: "string", position: "f64", value: "f64", error: "f64" },
  embedding: { coordinates: "vector", loss: "f64", epoch: "f64", trajectory: "int" },
  paths: { from: "int", to: "int", position: "f64", loss: "f64" },
  table: {},
  figure: { spec: "string", svg: "string", png: "binary" },
  report: { html: "string" },
} as const satisfies Record<string, Record<string, ColumnType>>;

export type ArtifactKind = keyof typeof leadingColumns;
export const artifactKinds = Object.keys(leadingColumns) as ArtifactKind[];

/** The leading columns of a kind and their types. */
export function leadingTypes(kind: ArtifactKind): Readonly<Record<string, ColumnType>> {
  return leadingColumns[kind];
}

/**
 * Checks the leading columns of `kind`, and that all columns have the same length. Throws a TypeError that names the
 * column.
 */
export function artifact(
  kind: ArtifactKind,
  columns: Record<string, Column>,
  metadata: Metadata = {},
  summary: Summary = {},
): Artifact {
  for (const [name, type] of Object.entries(leadingColumns[kind])) {
    const found = Object.hasOwn(columns, name) ? columnType(columns[name]) : "missing";
    if (found !== type) throw new TypeError(`${kind}.${name} is ${found}; expected ${type}`);
  }
  const lengths = Object.entries(columns).map(([name, column]) => [name, columnLength(column)] as const);
  for (const [name, length] of lengths) {
    if (length !== lengths[0][1]) {
      throw new TypeError(`${kind}.${name} has ${length} rows; expected ${lengths[0][1]} as in ${lengths[0][0]}`);
    }
  }
  return { kind, columns, metadata, summary };
}

export function rowCount(of: Artifact): number {
  const [first] = Object.values(of.columns);
  return first === undefined ? 0 : columnLength(first);
}

/** A column of numbers as f64. Throws TypeError when it is absent or not numeric. */
export function numbers(of: Artifact, name: string): Float64Array {
  const column = Object.hasOwn(of.columns, name) ? of.columns[name] : undefined;
  if (column instanceof Float64Array) return column;
  if (column instanceof Float32Array || column instanceof Int32Array) return Float64Array.from(column);
  throw new TypeError(`${of.kind} has no numeric column "${name}"; it has ${Object.keys(of.columns).join(", ")}`);
}

/** Row `row` of a column of vectors, as f64. Throws TypeError when the column is absent or of another type. */
export function vectorAt(of: Artifact, name: string, row: number): Float64Array {
  const { width, values } = vectorColumn(of, name);
  return Float64Array.from(values.subarray(row * width, (row + 1) * width));
}

/**
 * All rows of a column of vectors, as views in their own number type. Throws TypeError when the column is missing or of
 * another type.
 */
export function vectorRows(of: Artifact, name: string): VectorColumn["values"][] {
  const { width, values } = vectorColumn(of, name);
  return Array.from({ length: rowCount(of) }, (_, row) => values.subarray(row * width, (row + 1) * width));
}

function vectorColumn(of: Artifact, name: string): VectorColumn {
  const column = Object.hasOwn(of.columns, name) ? of.columns[name] : undefined;
  if (column === undefined || columnType(column) !== "vector") {
    throw new TypeError(`${of.kind} has no column of vectors "${name}"`);
  }
  return column as VectorColumn;
}

/** The list in a row, as a view. */
export function listAt(column: VectorColumn | ListColumn, row: number): VectorColumn["values"] {
  return "width" in column
    ? column.values.subarray(row * column.width, (row + 1) * column.width)
    : column.values.subarray(column.offsets[row], column.offsets[row + 1]);
}

/**
 * An artifact whose rows are never all in memory, for writing it to a file. The pieces have the same columns and follow
 * one another.
 */
export interface ArtifactInPieces extends Omit<Artifact, "columns"> {
  pieces: Iterable<Pick<Artifact, "columns">>;
}

/** An iterable of the results of `make` for each item. Each pass calls `make` again; nothing is kept. */
export function lazily<T, R>(items: readonly T[], make: (item: T) => R): Iterable<R> {
  return {
    *[Symbol.iterator]() {
      for (const item of items) yield make(item);
    },
  };
}

/** The artifact with all rows in memory. */
export function wholeArtifact(of: Artifact | ArtifactInPieces): Artifact {
  if ("columns" in of) return of;
  const { pieces, kind, metadata, summary } = of;
  return concatenate(Array.from(pieces, ({ columns }) => artifact(kind, columns, metadata, summary)));
}

/**
 * The rows of several artifacts of one kind with the same columns, one after the other, with the metadata and summary
 * of the first.
 */
export function concatenate(pieces: Artifact[]): Artifact {
  return gathered(
    pieces,
    pieces.reduce((rows, piece) => rows + rowCount(piece), 0),
  );
}

/** The same for pieces that are in memory one at a time. `rows` is their total number of rows. */
export function gathered(pieces: Iterable<Artifact>, rows: number): Artifact {
  let first: Artifact | undefined;
  const columns: Record<string, Column> = {};
  const lists: Record<string, Column[]> = {};
  let at = 0;
  for (const piece of pieces) {
    for (const name of Object.keys((first ??= piece).columns)) {
      const column = piece.columns[name];
      if (Array.isArray(column)) columns[name] = [...((columns[name] ?? []) as string[]), ...(column as string[])];
      else if (ArrayBuffer.isView(column)) {
        columns[name] ??= arrayLike(column, rows);
        (columns[name] as Float64Array).set(column, at);
      } else if ("width" in column) {
        columns[name] ??= { width: column.width, values: arrayLike(column.values, rows * column.width) };
        (columns[name] as VectorColumn).values.set(column.values, at * column.width);
      } else {
        columns[name] ??= column;
        lists[name] = [...(lists[name] ?? []), column];
      }
    }
    at += rowCount(piece);
  }
  const { kind, metadata, summary } = first as Artifact;
  for (const name of Object.keys(lists)) columns[name] = concatenateLists(lists[name] as ListColumn[]);
  return artifact(kind, columns, metadata, summary);
}

function arrayLike<T extends VectorColumn["values"]>(other: T, length: number): T {
  return new (other.constructor as new (length: number) => T)(length);
}

export function concatenateLists(lists: ListColumn[]): ListColumn {
  const offsets = new Int32Array(1 + lists.reduce((sum, list) => sum + list.offsets.length - 1, 0));
  let row = 0;
  for (const list of lists) {
    const base = offsets[row] - list.offsets[0];
    for (let i = 1; i < list.offsets.length; i++) offsets[++row] = base + list.offsets[i];
  }
  return {
    offsets,
    values: concatenateNumbers(lists.map((c) => c.values.subarray(c.offsets[0], c.offsets.at(-1)))),
  };
}

export function concatenateNumbers<T extends Float64Array | Float32Array | Int32Array | Uint8Array>(arrays: T[]): T {
  const total = arrays.reduce((sum, array) => sum + array.length, 0);
  const joined = new (arrays[0].constructor as new (length: number) => T)(total);
  let at = 0;
  for (const array of arrays) {
    joined.set(array, at);
    at += array.length;
  }
  return joined;
}

/** The type of a column, as the checks compare it. */
export function columnType(column: Column): ColumnType | "f32" {
  if (column instanceof Float64Array) return "f64";
  if (column instanceof Float32Array) return "f32";
  if (column instanceof Int32Array) return "int";
  if (Array.isArray(column)) return column.some((item) => item instanceof Uint8Array) ? "binary" : "string";
  return "width" in column ? "vector" : "list";
}

function columnLength(column: Column): number {
  if (Array.isArray(column) || ArrayBuffer.isView(column)) return column.length;
  return "width" in column ? column.values.length / column.width : column.offsets.length - 1;
}
