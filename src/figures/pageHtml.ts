/** Text for HTML. Characters that a page cannot hold, or that turn the direction of text, become their numbers. */
export function escapeHtml(text: string): string {
  return text
    .replace(
      /[\u202a-\u202e\u2066-\u2069]|[^\P{Cc}\t\n\r]/gu,
      (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
    )
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
