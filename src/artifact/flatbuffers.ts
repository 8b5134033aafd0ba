/** Checks the structure of FlatBuffers, because the library follows their offsets without checks. */

/** The target of a field that is an offset. Numbers are stored in the table itself and are not listed. */
export type Reference = "text" | { table: () => Table } | { tables: () => Table } | { structs: number };

/** The fields of a table that hold offsets, by number. `union` is the number of the field with the union's type. */
export type Table = Readonly<
  Record<number, Reference | { union: number; types: Readonly<Record<number, () => Table>> }>
>;

/** The deepest nesting. A schema of lists of lists has a few levels. */
const DEEPEST = 64;

/**
 * Checks the FlatBuffer in `bytes` whose root is a `table`. Throws TypeError when an offset leaves the bytes, a vector
 * is longer than they are, or tables refer to each other so often that reading them would not end.
 */
export function checkFlatBuffer(bytes: Uint8Array, table: Table): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fail = (at: number): never => {
    const isInside = at >= 0 && at < bytes.length;
    throw new TypeError(`its description ${isInside ? `is damaged at byte ${at}` : "points outside of itself"}`);
  };
  // No sound description has more tables than bytes.
  let left = bytes.length;

  const inside = (at: number, length: number): number =>
    at >= 0 && length >= 0 && at + length <= bytes.length ? at : fail(at);
  const target = (at: number): number => at + view.getUint32(inside(at, 4), true);

  function vector(at: number, width: number): { from: number; count: number } {
    const start = target(at);
    const count = view.getUint32(inside(start, 4), true);
    inside(start + 4, count * width);
    return { from: start + 4, count };
  }

  function walk(at: number, fields: Table, depth: number): void {
    left--;
    if (left < 0 || depth > DEEPEST) fail(at);
    const vtable = at - view.getInt32(inside(at, 4), true);
    const vtableSize = view.getUint16(inside(vtable, 4), true);
    const size = view.getUint16(vtable + 2, true);
    inside(vtable, vtableSize);
    inside(at, size);
    if (vtableSize < 4 || size < 4) fail(vtable);
    const place = (field: number): number | undefined => {
      const slot = 4 + 2 * field;
      const offset = slot + 2 <= vtableSize ? view.getUint16(vtable + slot, true) : 0;
      return offset === 0 ? undefined : at + offset;
    };
    for (let slot = 4; slot + 2 <= vtableSize; slot += 2) {
      if (view.getUint16(vtable + slot, true) >= size) fail(vtable + slot);
    }
    for (const [field, reference] of Object.entries(fields)) {
      const own = place(Number(field));
      if (own === undefined) continue;
      if (reference === "text") vector(own, 1);
      else if ("structs" in reference) vector(own, reference.structs);
      else if ("table" in reference) walk(target(own), reference.table(), depth + 1);
      else if ("tables" in reference) {
        const { from, count } = vector(own, 4);
        for (let i = 0; i < count; i++) walk(target(from + 4 * i), reference.tables(), depth + 1);
      } else {
        const told = place(reference.union);
        const type = told === undefined ? 0 : view.getUint8(inside(told, 1));
        walk(target(own), reference.types[type]?.() ?? {}, depth + 1);
      }
    }
  }
  walk(target(0), table, 0);
}
