/**
 * Plain data as part of a Vega expression; its parser ends a text at the line ends of Unicode, which JSON leaves as
 * they are.
 */
export function literal(value: unknown): string {
  return JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}
