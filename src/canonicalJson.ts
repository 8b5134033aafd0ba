/** JSON with sorted keys, so that equal values have equal text; NaN and ±Infinity are kept, written as strings of that name. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item) => {
    if (typeof item === "number" && !Number.isFinite(item)) return String(item);
    if (item === null || typeof item !== "object" || Array.isArray(item)) return item;
    const sorted: [string, unknown][] = Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted);
  });
}

/** The inverse of `canonicalJson`. */
export function parseCanonicalJson(text: string): unknown {
  return JSON.parse(text, (_key, item) =>
    item === "NaN" || item === "Infinity" || item === "-Infinity" ? Number(item) : item,
  );
}
