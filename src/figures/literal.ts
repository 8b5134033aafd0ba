/** Plain data as part of a Vega expression. Its parser ends a text at Unicode line ends, which JSON does not escape. */
export function literal(value: unknown): string {
  return JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}
