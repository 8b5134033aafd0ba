import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { ErrorObject, ValidateFunction } from "ajv";
import type { Fault } from "../text/fault.js";
import type { Spec } from "./theme.js";
import { addresses, grammarOf, isObject } from "./userSpec.js";

/** The grammars, and the files with their schemas. */
const schemas = {
  vega: { words: "Vega", file: "vega/vega-schema.json" },
  "vega-lite": { words: "Vega-Lite", file: "vega-lite/vega-lite-schema.json" },
};
type Grammar = keyof typeof schemas;

/**
 * Faults of a specification by the schema of its grammar, Vega-Lite's or Vega's, and of one that would load something.
 * `path` leads into the specification. The first use of a schema takes a second.
 */
export function checkSpec(spec: Spec): Fault[] {
  const loads = addresses(spec, []);
  if (loads.length > 0) return loads;
  const grammar = grammarOf(spec) as Grammar | undefined;
  if (grammar === undefined) {
    const message = `is ${JSON.stringify(spec.$schema)}; expected https://vega.github.io/schema/vega-lite/v6.json or …/vega/v6.json`;
    return [{ path: ["$schema"], message }];
  }
  const validate = validatorOf(grammar);
  if (validate(spec)) return grammar === "vega" ? unknownMarks(spec, []) : [];
  const found = meant(spec, validate);
  const path = pathOf(found[0]);
  return [{ path: placeIn(spec, path), message: faultOf(found, at(spec, path), schemas[grammar].words) }];
}

const pathOf = ({ instancePath }: ErrorObject) =>
  instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));

const validators = new Map<Grammar, ValidateFunction>();

function validatorOf(grammar: Grammar): ValidateFunction {
  const known = validators.get(grammar);
  if (known) return known;
  const require = createRequire(import.meta.url);
  const { Ajv } = require("ajv") as typeof import("ajv");
  const schema = JSON.parse(readFileSync(require.resolve(schemas[grammar].file), "utf8"));
  // To optimize the code takes longer than it saves, and so does a check of the schema by that of schemas.
  const quick = { code: { optimize: false }, meta: false, validateSchema: false };
  const made = new Ajv({ allErrors: true, strict: false, validateFormats: false, logger: false, ...quick }).compile(
    schema,
  );
  validators.set(grammar, made);
  return made;
}

/** The same path with numbers for the places in lists. */
function placeIn(spec: Spec, path: readonly string[]): (string | number)[] {
  return path.map((key, k) => (Array.isArray(at(spec, path.slice(0, k))) ? Number(key) : key));
}

/** The most changes to try. */
const mostRepairs = 60;

/**
 * The errors that say what the writer got wrong, all at one place. A union reports the errors of all its alternatives.
 * A value, or else a property, is at fault when its object is valid with another value, or without the property. If no
 * single change mends an object, the deepest object with errors is the one at fault, and there the alternative with
 * the fewest errors the one meant.
 */
function meant(spec: Spec, validate: ValidateFunction): ErrorObject[] {
  const specific = (validate.errors ?? []).filter(({ keyword }) => !["anyOf", "oneOf", "not", "if"].includes(keyword));
  const mending = repairsOf(spec, specific)
    .slice(0, mostRepairs)
    .find(({ object, mended }) => {
      if (validate(mended())) return true;
      return object !== "" && !validate.errors?.some(({ instancePath }) => `${instancePath}/`.startsWith(`${object}/`));
    });
  if (mending) return mending.errors;
  const objectOf = (error: ErrorObject) => {
    const isOfObject = ["additionalProperties", "required"].includes(error.keyword);
    return pathOf(error).slice(0, isOfObject ? undefined : -1);
  };
  const deepest = Math.max(...specific.map((error) => objectOf(error).length));
  const [object] = specific.map(objectOf).filter(({ length }) => length === deepest);
  const alternatives = new Map<string, ErrorObject[]>();
  for (const error of specific) {
    if (objectOf(error).join("/") !== object.join("/")) continue;
    const name = error.schemaPath.split("/").slice(0, 3).join("/");
    alternatives.set(name, [...(alternatives.get(name) ?? []), error]);
  }
  const all = [...alternatives.values()];
  const fewest = Math.min(...all.map(({ length }) => length));
  const own = all.filter(({ length }) => length === fewest).flat();
  return own.filter(({ instancePath }) => instancePath === own[0].instancePath);
}

/** A change that may mend a specification: the errors that ask for it, and the path of the object that changes. */
interface Repair {
  errors: ErrorObject[];
  object: string;
  mended: () => Spec;
}

/** Another value for one that is not allowed, or an object without its unknown properties. */
function repairsOf(spec: Spec, errors: readonly ErrorObject[]): Repair[] {
  const values = errors.flatMap((error): Repair[] => {
    const path = pathOf(error);
    const object = error.instancePath.slice(0, Math.max(0, error.instancePath.lastIndexOf("/")));
    const same = errors.filter((other) => other.instancePath === error.instancePath && allowedBy(other).length > 0);
    if (path.length === 0 || isObject(at(spec, path))) return [];
    return allowedBy(error).map((value) => {
      const mended = () => changed(spec, path.slice(0, -1), (parent) => (parent[path[path.length - 1]] = value));
      return { errors: same, object, mended };
    });
  });
  const unknown = errors.filter(({ params }) => params.additionalProperty);
  const properties = unknown.map((error): Repair => {
    const own = unknown.filter(
      (other) => other.instancePath === error.instancePath && other.schemaPath === error.schemaPath,
    );
    const mended = () =>
      changed(spec, pathOf(error), (object) => {
        for (const { params } of own) delete object[params.additionalProperty];
      });
    return { errors: own, object: error.instancePath, mended };
  });
  return [...values, ...properties];
}

const at = (value: unknown, path: readonly string[]) =>
  path.reduce((part, key) => (part as Record<string, unknown> | undefined)?.[key], value);

/** A copy in which the object at a path is changed. */
function changed(spec: Spec, path: readonly string[], change: (object: Record<string, unknown>) => void): Spec {
  const copy = structuredClone(spec);
  change(at(copy, path) as Record<string, unknown>);
  return copy;
}

const allowedBy = ({ params }: ErrorObject): unknown[] =>
  params.allowedValues ?? ("allowedValue" in params ? [params.allowedValue] : []);

/** The message of all errors at one place. */
function faultOf(found: readonly ErrorObject[], value: unknown, grammar: string): string {
  const all = <T>(values: readonly T[]) => [...new Set(values)].filter(Boolean);
  const unknown = all(found.map(({ params }) => params.additionalProperty));
  const allowed = all(found.flatMap(allowedBy));
  const missing = all(found.map(({ params }) => params.missingProperty));
  const types = all(found.flatMap(({ params }) => params.type ?? []));
  if (unknown.length > 0) return `has the unknown property ${unknown.map((name) => JSON.stringify(name)).join(", ")}`;
  if (allowed.length > 0) {
    return `is ${JSON.stringify(value)}, which ${grammar} does not know; expected one of ${allowed.slice(0, 30).join(", ")}`;
  }
  if (missing.length > 0) return `lacks the property ${missing.map((name) => JSON.stringify(name)).join(" or ")}`;
  if (types.length > 0) return `has another type; expected ${types.join(" or ")}`;
  return `${found[0].message}`;
}

const vegaMarks = ["arc", "area", "group", "image", "line", "path", "rect", "rule", "shape", "symbol", "text", "trail"];

/** Marks of types that Vega does not have; its schema takes any. */
function unknownMarks({ marks = [] }: Readonly<Record<string, unknown>>, path: (string | number)[]): Fault[] {
  return (marks as { type: string }[]).flatMap((mark, k) =>
    vegaMarks.includes(mark.type)
      ? unknownMarks({ ...mark }, [...path, "marks", k])
      : [
          {
            path: [...path, "marks", k, "type"],
            message: `is ${JSON.stringify(mark.type)}, which Vega does not know; expected one of ${vegaMarks.join(", ")}`,
          },
        ],
  );
}
