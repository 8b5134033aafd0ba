/**
 * A text in which the characters that control a terminal or the writing direction are escaped as `\\u{…}`. Line ends
 * stay line ends.
 */
export function printable(text: string): string {
  return text.replace(
    /[^\P{Cc}\t\n]|\p{Cf}|\p{Cs}|\p{Zl}|\p{Zp}/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
