type Schema = Record<string, unknown>;

/**
 * The same schema with each branch that a `discriminator` chooses under `definitions`. A validator then has a function
 * per branch, and JavaScript compiles only the functions that are called: a check of a small network does not pay for
 * the other networks. Each reference keeps the value that chooses it as its title, which messages list.
 */
export function branchesApart(schema: Schema): Schema {
  const definitions: Record<string, unknown> = {};
  const apart = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(apart);
    if (typeof value !== "object" || value === null) return value;
    const own = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, apart(inner)])) as Schema;
    const tag = (own.discriminator as { propertyName: string } | undefined)?.propertyName;
    if (tag === undefined || !Array.isArray(own.oneOf)) return own;
    const oneOf = own.oneOf.map((branch: { properties: Record<string, { const: string }> }) => {
      const name = `branch${Object.keys(definitions).length}`;
      definitions[name] = branch;
      return { $ref: `#/definitions/${name}`, title: branch.properties[tag].const };
    });
    return { ...own, oneOf };
  };
  const whole = apart(schema) as Schema;
  return { ...whole, definitions: { ...(whole.definitions as object | undefined), ...definitions } };
}
