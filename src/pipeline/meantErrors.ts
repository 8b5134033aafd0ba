/** Which errors of a JSON Schema are mistakes of their own, and which follow from others. */
import type { ErrorObject } from "ajv";
import { nearestName } from "../text/nearestName.js";
import { listed } from "../text/words.js";

/**
 * The errors without those that follow from others: a value of the wrong type has no size or form, a name that is
 * lacking is there, misspelt, and of a choice only one alternative is meant.
 */
export function withoutConsequences(errors: readonly ErrorObject[]): ErrorObject[] {
  const own = inMeantAlternatives(errors);
  // The types of one value, of which a condition may narrow those of the schema around it.
  const mistyped = new Map<string, ErrorObject>();
  for (const error of own.filter(({ keyword }) => keyword === "type")) {
    const known = mistyped.get(error.instancePath);
    if (known === undefined || typesOf(error).length < typesOf(known).length) mistyped.set(error.instancePath, error);
  }
  const misspelt = new Set<string>();
  for (const error of own) {
    if (error.keyword === "additionalProperties") misspelt.add(`${error.instancePath} ${meantName(error)}`);
  }
  return own.filter((error) => {
    const { keyword, instancePath, params } = error;
    if (keyword === "required") return !misspelt.has(`${instancePath} ${params.missingProperty}`);
    if (keyword === "type") return mistyped.get(instancePath) === error;
    return !mistyped.has(instancePath) || !ofOneType.includes(keyword);
  });
}

const typesOf = ({ params }: ErrorObject) => [params.type].flat() as string[];

const ofOneType = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "enum", "pattern"];

/**
 * The known name that an unknown one is meant for: one that is spelt alike, names that the mapping lacks first; or the
 * only one that it must have and lacks, if no other name is unknown.
 */
export function meantName(error: ErrorObject): string | undefined {
  const alike = nameAlike(error);
  if (alike !== undefined) return alike;
  const { lacking, known, data } = namesAt(error);
  if (lacking.length !== 1) return undefined;
  const isOnly = Object.keys(data).filter((name) => !known.includes(name)).length === 1;
  return isOnly ? lacking[0] : undefined;
}

function nameAlike(error: ErrorObject): string | undefined {
  const { lacking, known } = namesAt(error);
  return nearestName(error.params.additionalProperty, [...lacking, ...known]);
}

/** The names that a schema knows, and those that a mapping must have and lacks. */
function namesAt({ parentSchema, data }: ErrorObject) {
  const { properties = {}, required = [] } = (parentSchema ?? {}) as { properties?: object; required?: string[] };
  const lacking = required.filter((name) => !Object.hasOwn(data as object, name));
  return { lacking, known: Object.keys(properties), data: data as object };
}

/** The errors with each choice replaced by those of the alternative that is meant, or by that of the choice alone. */
function inMeantAlternatives(errors: readonly ErrorObject[]): ErrorObject[] {
  const left = new Set(errors);
  // Inner choices come before outer ones.
  for (const choice of errors) {
    if (choice.keyword !== "anyOf" && choice.keyword !== "oneOf") continue;
    const start = `${choice.schemaPath}/`;
    const below = [...left].filter(
      ({ schemaPath, instancePath }) => schemaPath.startsWith(start) && isBelow(instancePath, choice.instancePath),
    );
    const alternatives = new Map<string, ErrorObject[]>();
    for (const error of below) {
      const [name] = error.schemaPath.slice(start.length).split("/", 1);
      alternatives.set(name, [...(alternatives.get(name) ?? []), error]);
    }
    // Errors of other alternatives are where a reference leads to.
    if (alternatives.size < (choice.schema as unknown[]).length) continue;
    const fitting = [...alternatives.values()].filter((own) => !own.some((error) => excludes(error, choice)));
    const [meant] = fitting.map(withoutConsequences).sort((a, b) => distanceOf(a) - distanceOf(b));
    for (const error of below) left.delete(error);
    if (meant === undefined) continue;
    left.delete(choice);
    for (const error of meant) left.add(error);
  }
  return [...left];
}

/** How far a value is from an alternative: its errors, and less of one that is told by spelling. */
function distanceOf(errors: readonly ErrorObject[]): number {
  const isSpelling = (error: ErrorObject) => error.keyword === "additionalProperties" && nameAlike(error) !== undefined;
  return errors.length - (errors.some(isSpelling) ? 0.5 : 0);
}

const isBelow = (pointer: string, start: string) => `${pointer}/`.startsWith(`${start}/`);

/** True when an error says that an alternative is not meant: the value is of another type, or another one. */
function excludes({ keyword, instancePath, parentSchema }: ErrorObject, choice: ErrorObject): boolean {
  if (instancePath !== choice.instancePath) return false;
  const needsOnly = keyword === "required" && parentSchema?.properties === undefined;
  return needsOnly || keyword === "type" || keyword === "enum" || keyword === "const";
}

export const nouns: Record<string, string> = {
  object: "a mapping",
  array: "a list",
  string: "text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  null: "nothing",
};

/** What the alternatives of a choice take, in words, or the names that one of them needs; undefined where unknown. */
export function expectedOf(alternatives: readonly Record<string, unknown>[]): string | undefined {
  const words = new Set<string>();
  const needed: string[] = [];
  for (const { type, enum: values, required } of alternatives) {
    if (Array.isArray(values)) for (const value of values) words.add(JSON.stringify(value));
    else if (type !== undefined) for (const name of [type].flat() as string[]) words.add(nouns[name] ?? name);
    else if (Array.isArray(required)) needed.push(...required);
    else return undefined;
  }
  if (words.size === 0) return `lacks ${listed(needed)}`;
  const all = [...words];
  return all.length < 2 ? all[0] : `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`;
}
