/** The format, one of `formats`, that a file's ending names in upper or lower case; undefined where it names none. */
export function formatOf<Format extends string>(path: string, formats: readonly Format[]): Format | undefined {
  return formats.find((format) => path.toLowerCase().endsWith(`.${format}`));
}
