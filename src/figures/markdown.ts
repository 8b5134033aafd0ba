import { Marked, type Tokens } from "marked";

/**
 * Markdown (CommonMark and tables) as HTML for a report. HTML in the text stays text, pictures and links to elsewhere
 * are written out: a report loads nothing.
 */
export function markdownHtml(text: string, escaped: (text: string) => string): string {
  const marked = new Marked({
    async: false,
    gfm: true,
    renderer: {
      html: ({ text: source }: Tokens.HTML | Tokens.Tag) => escaped(source),
      image: ({ text: words, href }: Tokens.Image) => escaped(`${words} (${href})`),
      link({ href, tokens }: Tokens.Link) {
        const words = this.parser.parseInline(tokens);
        return /^(https?:|mailto:|#)/.test(href) ? `<a href="${escaped(href)}" rel="noreferrer">${words}</a>` : words;
      },
    },
  });
  return `<div class="text">${marked.parse(text) as string}</div>`;
}
