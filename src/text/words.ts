const MOST_NAMES = 60;

/** Names in quotes, joined by commas and a final "or". A long list is cut. */
export function listed(names: readonly string[]): string {
  if (names.length > MOST_NAMES)
    return `${names
      .slice(0, MOST_NAMES)
      .map((name) => `"${name}"`)
      .join(", ")}, …`;
  const quoted = names.map((name) => `"${name}"`);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}

/** A value as it appears in a message: short, on one line. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return "empty";
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}

/** A number of things: 1 step, 2 steps. */
export function counted(count: number, thing: string): string {
  return `${count} ${count === 1 ? thing : `${thing}s`}`;
}

/** A name with its article: a grid, an embedding, points. */
export function withArticle(name: string): string {
  if (name.endsWith("s")) return name;
  return `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`;
}
