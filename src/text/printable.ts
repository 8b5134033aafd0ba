/**
 * A text without what a terminal obeys, or what turns the direction of writing: these as `\\u{…}`; line ends stay line
 * ends.
 */
export function printable(text: string): string {
  return text.replace(
    /[^\P{Cc}\t\n]|\p{Cf}|\p{Cs}|\p{Zl}|\p{Zp}/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
