import type { Fault } from "../text/fault.js";
import type { Spec } from "./theme.js";

/** Rows of a table, as plain objects. */
export type Rows = readonly Record<string, unknown>[];

/** The grammar that a specification names; Vega-Lite by default. */
export const grammarOf = (spec: Spec) =>
  /\/schema\/(vega|vega-lite)\//.exec(String(spec.$schema ?? "/schema/vega-lite/"))?.[1];

/** The addresses that a figure would load: those of data, and those of images that are not `data:` URIs. */
export function addresses(value: unknown, path: (string | number)[]): Fault[] {
  if (Array.isArray(value)) return value.flatMap((each, k) => addresses(each, [...path, k]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const place = [...path, key];
    const [parent] = path.filter((part) => typeof part === "string").slice(-1);
    // Rows of data may have any keys.
    if (key === "values" && (parent === "data" || path.includes("datasets"))) return [];
    if (key !== "url") return addresses(each, place);
    if (parent === "data") {
      const message = "would be loaded; a figure draws the tables at its inputs, by port: data: { name: <port> }";
      return [{ path: place, message }];
    }
    const constants: [unknown, (string | number)[]][] = isObject(each)
      ? [
          [each.value, [...place, "value"]],
          [each.datum, [...place, "datum"]],
        ]
      : [[each, place]];
    return constants.flatMap(([address, at]) =>
      typeof address === "string" && !address.startsWith("data:")
        ? [{ path: at, message: "would be loaded; an image is a data: URI" }]
        : [],
    );
  });
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** Faults of data that a specification names though neither an input nor the specification has them. */
export function checkTables(spec: Spec, ports: readonly string[]): Fault[] {
  const known = [...ports, ...Object.keys((spec.datasets ?? {}) as object)];
  const listed = `expected a port of the figure (${ports.join(", ")}), or data with values`;
  if (grammarOf(spec) === "vega") {
    return ([spec.data ?? []].flat() as Record<string, unknown>[]).flatMap((data, k) =>
      known.includes(String(data.name)) || ["values", "source", "on", "transform"].some((key) => key in data)
        ? []
        : [{ path: ["data", k, "name"], message: `is ${JSON.stringify(data.name)}; ${listed}` }],
    );
  }
  const namesOf = (value: unknown, path: (string | number)[]): Fault[] => {
    if (Array.isArray(value)) return value.flatMap((each, k) => namesOf(each, [...path, k]));
    if (!isObject(value)) return [];
    return Object.entries(value).flatMap(([key, each]) => {
      if (key === "datasets" || key === "values") return [];
      if (key !== "data" || !isObject(each)) return namesOf(each, [...path, key]);
      const isKnown =
        each.name === undefined || "values" in each || "sequence" in each || known.includes(String(each.name));
      return isKnown ? [] : [{ path: [...path, key, "name"], message: `is ${JSON.stringify(each.name)}; ${listed}` }];
    });
  };
  return namesOf(spec, []);
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
