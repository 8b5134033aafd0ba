/** Other values for the parameters of a stage, from its schema. */

export interface Schema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  additionalProperties?: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
  oneOf?: Schema[];
}

/** A parameter by its path below `with`, and values that it does not have. */
export interface Change {
  path: string;
  values: readonly unknown[];
}

type Values = Readonly<Record<string, unknown>>;

/**
 * Every parameter that the schema lists for these values, with other values: those of `examples` by path, otherwise
 * values that follow from the schema.
 */
export function changesOf(
  schema: Schema,
  given: Values,
  examples: Readonly<Record<string, readonly unknown[]>>,
): Change[] {
  const found: Change[] = [];
  const visit = (schema: Schema, value: Values, before: string) => {
    for (const [name, own] of Object.entries(branchOf(schema, value).properties ?? {})) {
      if (own.const !== undefined) continue;
      const path = before + name;
      const now = value[name] ?? own.default;
      const inner = isMapping(now) ? now : undefined;
      if (examples[path]) found.push({ path, values: examples[path] });
      else if ((own.properties || own.oneOf) && inner) visit(own, inner, `${path}.`);
      else found.push({ path, values: valuesFor(own, now) });
    }
  };
  visit(schema, given, "");
  return found;
}

const isMapping = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The branch of a tagged block that these values choose. */
function branchOf(schema: Schema, value: Values): Schema {
  if (schema.properties) return schema;
  const fits = (branch: Schema) =>
    Object.entries(branch.properties ?? {}).every(
      ([name, own]) => own.const === undefined || own.const === value[name],
    );
  return schema.oneOf?.find((branch) => branch.properties && fits(branch)) ?? {};
}

function valuesFor(schema: Schema, now: unknown): unknown[] {
  if (schema.enum) return schema.enum.filter((value) => value !== now);
  const types = [schema.type ?? []].flat();
  if (types.includes("boolean")) return now === undefined ? [true, false] : [!now];
  if (!types.includes("number") && !types.includes("integer")) return [];
  const from = typeof now === "number" ? now : (schema.minimum ?? schema.exclusiveMinimum ?? 0) + 1;
  const isWhole = !types.includes("number");
  return [from + 1, from * 2, from * 3, from / 2, from - 1, from / 10]
    .map((x) => (isWhole ? Math.round(x) : x))
    .filter((x) => x !== now && allows(schema, x));
}

const allows = (schema: Schema, x: number) =>
  x >= (schema.minimum ?? Number.NEGATIVE_INFINITY) &&
  x <= (schema.maximum ?? Number.POSITIVE_INFINITY) &&
  x > (schema.exclusiveMinimum ?? Number.NEGATIVE_INFINITY) &&
  x < (schema.exclusiveMaximum ?? Number.POSITIVE_INFINITY);

/** A copy of the values with another at this path. */
export function withValue(given: Values, path: string, value: unknown, defaults: Values = {}): Record<string, unknown> {
  const [name, ...rest] = path.split(".");
  if (rest.length === 0) return { ...given, [name]: value };
  return { ...given, [name]: withValue((given[name] ?? defaults[name] ?? {}) as Values, rest.join("."), value) };
}
