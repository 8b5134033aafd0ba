/** Artifacts in the formats of other programs. */
import type { Artifact, ArtifactKind } from "../artifact/artifact.js";
import { encodeArtifact } from "../artifact/artifactFile.js";
import { columnsNpz } from "./export/columnsNpz.js";
import { csv } from "./export/csv.js";
import { diagramNpy, diagramText, diagramVtp } from "./export/diagramFiles.js";
import { type ExportFormat, exportFormats } from "./export/formatNames.js";
import { gridHdf5, gridNpz, gridVti, gridVtr } from "./export/gridFiles.js";
import { json } from "./export/json.js";
import { modelNpz, modelSafetensors } from "./export/modelFiles.js";
import { parquet } from "./export/parquet.js";
import { treeGraphml, treeTtk, treeVtp } from "./export/treeFiles.js";

/** Writes an artifact. `grid` is the grid that it was computed from, if there is one. */
type Write = (of: Artifact, grid: Artifact | undefined) => Uint8Array | Promise<Uint8Array>;

interface Format {
  /** The file extensions of the format. */
  endings: readonly string[];
  write: Write;
}

const text =
  (column: string): Write =>
  (of) =>
    Buffer.from(cellOf(of, column) as string);

/** Every format with its extensions. An extension stands for the first format that has it. */
const formats: Record<ExportFormat, Format> = {
  csv: { endings: ["csv"], write: csv },
  json: { endings: ["json"], write: json },
  parquet: { endings: ["parquet"], write: parquet },
  arrow: { endings: ["arrow", "feather"], write: encodeArtifact },
  npz: {
    endings: ["npz"],
    write: (of) => (of.kind === "grid" ? gridNpz(of) : of.kind === "model" ? modelNpz(of) : columnsNpz(of)),
  },
  h5: { endings: ["h5", "hdf5"], write: gridHdf5 },
  vti: { endings: ["vti"], write: gridVti },
  vtr: { endings: ["vtr"], write: gridVtr },
  vtp: { endings: ["vtp"], write: (of, grid) => (of.kind === "barcode" ? diagramVtp(of, grid) : treeVtp(of, grid)) },
  graphml: { endings: ["graphml"], write: treeGraphml },
  ttk: { endings: [], write: treeTtk },
  gudhi: { endings: ["txt", "pers"], write: diagramText },
  giotto: { endings: ["npy"], write: diagramNpy },
  safetensors: { endings: ["safetensors"], write: modelSafetensors },
  svg: { endings: ["svg"], write: text("svg") },
  png: { endings: ["png"], write: (of) => cellOf(of, "png") as Uint8Array },
  pdf: { endings: ["pdf"], write: (of) => cellOf(of, "pdf") as Uint8Array },
  html: { endings: ["html"], write: text("html") },
};

/** The only cell of a column of a figure or report. */
function cellOf(of: Artifact, column: string): string | Uint8Array {
  const cells = Object.hasOwn(of.columns, column) ? (of.columns[column] as (string | Uint8Array)[]) : [];
  if (cells.length > 0) return cells[0];
  const wanted = column === "html" ? "reports" : "figures";
  throw new Error(`the format ${column} needs ${wanted}; found a ${of.kind}`);
}

/** The format of a file's extension; undefined for an unknown one. */
export function formatOfEnding(path: string): ExportFormat | undefined {
  const ending = path.toLowerCase().match(/\.([a-z0-9]+)$/)?.[1] ?? "";
  return exportFormats.find((format) => formats[format].endings.includes(ending));
}

/** The endings that stand for a format. */
export const endingsOf = (format: ExportFormat) => formats[format].endings.map((ending) => `.${ending}`);

/** All endings, for messages. */
export const exportEndings = exportFormats.flatMap((format) => formats[format].endings.map((ending) => `.${ending}`));

/** The default format of a kind. */
export function usualFormat(kind: ArtifactKind): ExportFormat {
  return kind === "figure" ? "svg" : kind === "report" ? "html" : "csv";
}

/** True when a format takes positions from the grid that the artifact was computed from. */
export const needsGrid = (format: ExportFormat): boolean => format === "vtp" || format === "ttk";

/**
 * An artifact as the bytes of a file: grids as csv, npz, h5, vti and vtr, which import-grid reads; trees as vtp,
 * graphml and TTK's table; barcodes as GUDHI's text, giotto-tda's array and vtp; models as npz and safetensors of named
 * tensors; figures as svg and png, reports as html; all of them as csv, json, parquet and arrow. The same artifact
 * gives the same bytes. Rejects with Error when a format cannot hold the artifact.
 */
export async function exportArtifact(of: Artifact, format: ExportFormat, grid?: Artifact): Promise<Uint8Array> {
  const { write }: Format = formats[format];
  return write(of, grid);
}
