/** The JSON Schemas of schemas/. */
import { readFileSync } from "node:fs";

/**
 * The JSON Schema of a stage kind, or of "pipeline". A shared schema that it refers to ("$ref": "architecture.json")
 * replaces the reference; keywords beside a reference override those of its schema. Throws when schemas/ has none.
 */
export function schemaOf(name: string): Record<string, unknown> {
  const text = readFileSync(new URL(`../../../schemas/${name}.json`, import.meta.url), "utf8");
  return JSON.parse(text, (_key, value) => {
    if (typeof value?.$ref !== "string" || value.$ref.startsWith("#")) return value;
    const { $ref, ...own } = value;
    // For editors only. Here the schema of each stage checks `with` after substitution.
    if ($ref === "editor.json") return {};
    const { $schema: _, ...shared } = schemaOf($ref.replace(/\.json$/, ""));
    return { ...shared, ...own };
  });
}
