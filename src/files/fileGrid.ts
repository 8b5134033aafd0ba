export interface FileGrid {
  shape: number[];
  /** First axis fastest. */
  values: Float64Array;
  /** Coordinates along each axis, ascending, if the file has them. */
  axes?: Float64Array[];
  /** The names of the axes, if the file has them. */
  labels?: string[];
}

export interface GridFileOptions {
  /** npz, h5, mat, json: the array. */
  key?: string;
  /** csv, parquet, VTK: the column or array, by name. A column may also be given by number, from 1. */
  column?: string | number;
  /** Arrays or columns that hold the coordinates along each axis. */
  coordinates?: (string | number)[];
  /** `C`: the first index of an array belongs to the first axis; `F`: the last one does. */
  order: "C" | "F";
}
