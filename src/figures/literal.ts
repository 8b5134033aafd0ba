/** Vega's parser of expressions takes these texts for names, and finds nothing of that name. */
const takenForNames = Object.getOwnPropertyNames(Object.prototype);

/**
 * Plain data as part of a Vega expression. Its parser ends a text at Unicode line ends, which JSON does not escape, and
 * takes a few words for names: those are given as sums of their parts.
 */
export function literal(value: unknown): string {
  const text = JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  return takenForNames.reduce((all, name) => all.replaceAll(`"${name}"`, `("${name[0]}"+"${name.slice(1)}")`), text);
}

/** True for a text that Vega would take for a name where it is a constant of a specification. */
const isTaken = (value: unknown) => [value].flat().some((text) => takenForNames.includes(text as string));

/** A specification whose titles and texts Vega does not take for names. */
export function withPlainTexts<T>(part: T): T {
  if (Array.isArray(part)) return part.map(withPlainTexts) as T;
  if (part === null || typeof part !== "object") return part;
  const entries = Object.entries(part).map(([key, value]) => {
    if (key === "data") return [key, value];
    if (/^(text|title|subtitle)$/.test(key) && isTaken(value)) return [key, { signal: literal(value) }];
    if (key === "text" && isTaken(value?.value)) return [key, { signal: literal(value.value) }];
    return [key, withPlainTexts(value)];
  });
  return Object.fromEntries(entries) as T;
}
