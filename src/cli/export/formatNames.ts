/** The formats of `cirque export`, by their names on the command line. */
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
