import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Spec } from "./theme.js";

/** A fault at a place of a specification. */
interface SpecFault {
  path: (string | number)[];
  message: string;
}

/** Rows of a table, as plain objects. */
export type Rows = readonly Record<string, unknown>[];

const grammarOf = (spec: Spec) =>
  /\/schema\/(vega|vega-lite)\//.exec(String(spec.$schema ?? "/schema/vega-lite/"))?.[1];

/**
 * Faults of a Vega-Lite specification by Vega-Lite's own schema, and of any specification that would load something.
 * `path` leads into the specification. Loading the schema takes a second.
 */
export function checkSpec(spec: Spec): SpecFault[] {
  const loads = addresses(spec, []);
  if (loads.length > 0) return loads;
  const grammar = grammarOf(spec);
  if (grammar === undefined) {
    const message = `is ${JSON.stringify(spec.$schema)}; expected https://vega.github.io/schema/vega-lite/v6.json or …/vega/v6.json`;
    return [{ path: ["$schema"], message }];
  }
  if (grammar === "vega") return [];
  const require = createRequire(import.meta.url);
  const { Ajv } = require("ajv") as typeof import("ajv");
  const schema = JSON.parse(readFileSync(require.resolve("vega-lite/vega-lite-schema.json"), "utf8"));
  const validate = new Ajv({ allErrors: true, strict: false, validateFormats: false, logger: false }).compile(schema);
  if (validate(spec)) return [];
  // Among the failures of a union's alternatives, the deepest belongs to the alternative that the writer meant.
  const depth = (path: string) => path.split("/").length;
  const errors = validate.errors ?? [];
  const specific = errors.filter(({ keyword }) => keyword !== "anyOf" && keyword !== "if");
  const deepest = Math.max(...specific.map(({ instancePath }) => depth(instancePath)));
  const found = specific.filter(({ instancePath }) => depth(instancePath) === deepest);
  const [first] = found;
  const unknown = [...new Set(found.map(({ params }) => params.additionalProperty).filter(Boolean))];
  const allowed = [...new Set(found.flatMap(({ params }) => params.allowedValues ?? params.allowedValue ?? []))];
  const types = [...new Set(found.map(({ params }) => params.type).filter(Boolean))];
  const path = first.instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const message =
    allowed.length > 0
      ? `has a value that Vega-Lite does not know; expected one of ${allowed.slice(0, 30).join(", ")}`
      : unknown.length > 0
        ? `has the unknown property ${unknown.map((name) => JSON.stringify(name)).join(", ")}`
        : types.length > 0
          ? `has another type; expected ${types.flat().join(" or ")}`
          : `${first.message}`;
  return [{ path, message }];
}

/** The keys that name something to load. */
function addresses(value: unknown, path: (string | number)[]): SpecFault[] {
  if (Array.isArray(value)) return value.flatMap((each, k) => addresses(each, [...path, k]));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key === "url" && typeof each === "string" && path[path.length - 1] === "data"
      ? [
          {
            path: [...path, key],
            message: "would be loaded; a figure draws the tables at its inputs, by port: data: { name: <port> }",
          },
        ]
      : addresses(each, [...path, key]),
  );
}

/** A specification with the tables it names: `data: { name: <port> }`. */
export function withTables(spec: Spec, tables: Readonly<Record<string, Rows>>): Spec {
  if (grammarOf(spec) === "vega") {
    const data = [spec.data ?? []].flat() as { name: string; values?: unknown; source?: unknown }[];
    const filled = data.map((one) =>
      one.values || one.source || !(one.name in tables) ? one : { ...one, values: tables[one.name] },
    );
    return { ...spec, data: filled };
  }
  const $schema = "https://vega.github.io/schema/vega-lite/v6.json";
  return { ...spec, $schema, datasets: { ...(spec.datasets as object), ...tables } };
}
