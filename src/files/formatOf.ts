/**
 * The format, one of `formats`, that belongs to the extension of a file, in upper or lower case. Undefined for other
 * extensions.
 */
export function formatOf<Format extends string>(path: string, formats: readonly Format[]): Format | undefined {
  return formats.find((format) => path.toLowerCase().endsWith(`.${format}`));
}
