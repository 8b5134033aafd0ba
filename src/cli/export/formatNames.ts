/** The formats of `cirque export`, by the names that the command line knows them by. */
export const exportFormats = [
  "csv",
  "json",
  "parquet",
  "arrow",
  "npz",
  "h5",
  "vti",
  "vtr",
  "vtp",
  "graphml",
  "ttk",
  "gudhi",
  "giotto",
  "safetensors",
  "svg",
  "png",
  "pdf",
  "html",
] as const;

export type ExportFormat = (typeof exportFormats)[number];
