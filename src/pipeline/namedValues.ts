/** Values by name, nested as in the file; a name with dots leads into a mapping: `optimizer.lr`. */
export type NamedValues = Record<string, unknown>;

/** Every name and its value: single values, and the mappings around them. */
export function namesOf(values: NamedValues, prefix = ""): Map<string, unknown> {
  const names = new Map<string, unknown>();
  for (const [name, value] of Object.entries(values)) {
    names.set(prefix + name, value);
    if (isMapping(value)) for (const entry of namesOf(value, `${prefix}${name}.`)) names.set(...entry);
  }
  return names;
}

/** The names without further names below them. */
export function singleValues(values: NamedValues): [string, unknown][] {
  return [...namesOf(values)].filter(([, value]) => !isMapping(value));
}

/** A copy in which `name` has another value. Missing mappings on the way are created. */
export function withValue(values: NamedValues, name: string, value: unknown): NamedValues {
  const [first, ...rest] = name.split(".");
  if (rest.length === 0) return { ...values, [first]: value };
  const inner = Object.hasOwn(values, first) && isMapping(values[first]) ? values[first] : {};
  return { ...values, [first]: withValue(inner, rest.join("."), value) };
}

/** A copy without `name`, and without mappings that become empty by this. */
export function withoutValue(values: NamedValues, name: string): NamedValues {
  const [first, ...rest] = name.split(".");
  const { [first]: found, ...others } = values;
  if (rest.length === 0 || !isMapping(found)) return others;
  const inner = withoutValue(found, rest.join("."));
  return Object.keys(inner).length === 0 ? others : { ...values, [first]: inner };
}

/** True when `name` is `other`, or a mapping around it. */
export function leadsTo(name: string, other: string): boolean {
  return other === name || other.startsWith(`${name}.`);
}

function isMapping(value: unknown): value is NamedValues {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
