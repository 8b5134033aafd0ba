/**
 * JSON with sorted keys, so that equal values have equal text; NaN and ±Infinity are kept, written as strings of that
 * name.
 */
export function canonicalJson(value: unknown): string {
  return textOf(value) ?? "null";
}

/**
 * The text of a value; undefined for values that JSON leaves out. Written by hand for speed, because it makes the keys
 * of ten thousand steps.
 */
function textOf(value: unknown): string | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : `"${value}"`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  let entries = "";
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) entries += `${i === 0 ? "" : ","}${textOf(value[i]) ?? "null"}`;
    return `[${entries}]`;
  }
  for (const name of sortedNames(value)) {
    const text = textOf((value as Record<string, unknown>)[name]);
    if (text !== undefined) entries += `${entries === "" ? "" : ","}${JSON.stringify(name)}:${text}`;
  }
  return `{${entries}}`;
}

/** Its keys: integers first, by size, as in objects; then the others by code units. */
function sortedNames(value: object): string[] {
  const names = Object.keys(value);
  let isSorted = true;
  for (let i = 0; i < names.length; i++) {
    if (names[i] >= "0" && names[i] < ":") return names.sort(byName);
    if (i > 0 && names[i - 1] > names[i]) isSorted = false;
  }
  return isSorted ? names : names.sort();
}

function byName(a: string, b: string): number {
  const [m, n] = [wholeNumber(a), wholeNumber(b)];
  if (m !== n) return m < n ? -1 : 1;
  return a < b ? -1 : 1;
}

function wholeNumber(name: string): number {
  return /^(0|[1-9]\d{0,8})$/.test(name) ? Number(name) : Number.POSITIVE_INFINITY;
}

/** The value that `canonicalJson` has written. */
export function parseCanonicalJson(text: string): unknown {
  return JSON.parse(text, (_key, item) =>
    item === "NaN" || item === "Infinity" || item === "-Infinity" ? Number(item) : item,
  );
}
