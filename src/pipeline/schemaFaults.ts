/** Turns the errors of a JSON Schema into faults in words. */
import type { ErrorObject } from "ajv";
import type { Fault, Path } from "../text/fault.js";
import { nearestName, suggestion } from "../text/nearestName.js";
import { listed, shown } from "../text/words.js";
import { expectedOf, meantName, nouns, withoutConsequences } from "./meantErrors.js";

/** More than enough for the faults that a message lists; some errors are not faults of their own. */
const MOST_ERRORS = 200;
/** Errors beyond this many are left out before they are compared with each other. */
const MOST_COMPARED = 2000;

/** Each fault once. `root` is the value that the schema refused; `label` begins each message. */
export function schemaFaults(
  errors: ErrorObject[],
  root: unknown,
  label: string,
  unknown: readonly Path[] = [],
): Fault[] {
  const own = errors.slice(0, MOST_COMPARED).filter((error) => !isOfUnknown(error, root, unknown));
  const told = withoutConsequences(own).slice(0, MOST_ERRORS);
  const faults = told.map((error) => faultOf(error, root, label)).filter((fault) => fault !== undefined);
  const seen = new Set<string>();
  return faults.filter(({ path, message }) => {
    const key = JSON.stringify([path, message]);
    return !seen.has(key) && seen.add(key);
  });
}

/** True when an error concerns an unknown value, or a choice around one. */
function isOfUnknown({ instancePath, keyword }: ErrorObject, root: unknown, unknown: readonly Path[]): boolean {
  if (unknown.length === 0) return false;
  const at = pathOf(instancePath, root);
  const leads = (from: Path, to: Path) => from.every((name, i) => name === to[i]);
  const isChoice = ["oneOf", "anyOf", "if", "discriminator", "not"].includes(keyword);
  return unknown.some((path) => leads(path, at) || (isChoice && leads(at, path)));
}

/** A choice by a tag: itself, or a reference whose title is the tag. The title of a pattern says what matches it. */
interface Branch {
  properties?: Record<string, { const?: string }>;
  title?: string;
}

function faultOf(error: ErrorObject, root: unknown, label: string): Fault | undefined {
  const path = pathOf(error.instancePath, root);
  const where = [label, ...path].filter((part) => part !== "").join(".") || "the file";
  const found = () => `${where} is ${shown(error.data)}`;
  const at = (message: string, below: Path = [], part: "key" | "value" = "value") => ({
    path: [...path, ...below],
    part,
    message,
  });
  const { params } = error;
  switch (error.keyword) {
    case "additionalProperties": {
      const name = params.additionalProperty as string;
      const known = Object.keys((error.parentSchema?.properties ?? {}) as object);
      const expected = known.length > 0 ? `; expected ${listed(known)}` : "";
      const meant = meantName(error);
      const guess = meant === undefined ? placeOf(known) : `; did you mean "${meant}"?`;
      return at(`${where} has no "${name}"${expected}${guess}`, [name], "key");
    }
    case "propertyNames": {
      const name = params.propertyName as string;
      const { title } = error.schema as Branch;
      return at(
        `${where} has the name "${name}"; expected ${title ?? 'letters, digits and "_", a letter first'}`,
        [name],
        "key",
      );
    }
    case "required": {
      const message = messageOfLack(error, where);
      return message === undefined ? undefined : at(message);
    }
    case "enum": {
      const allowed = params.allowedValues as unknown[];
      const guess = typeof error.data === "string" ? suggestion(error.data, allowed.map(String)) : "";
      return at(`${found()}; expected ${listed(allowed.map(String))}${guess}`);
    }
    case "const":
      return at(`${found()}; expected ${shown(params.allowedValue)}`);
    case "discriminator": {
      const { below, message, part } = faultOfTag(error, where);
      return at(message, below, part);
    }
    case "if": // The fault in "then" is a separate error.
      return undefined;
    case "type": {
      const types = [params.type as string | string[]].flat();
      return at(`${found()}; expected ${types.map((type) => nouns[type] ?? type).join(" or ")}`);
    }
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
      return at(`${found()}; expected a number ${params.comparison} ${params.limit}`);
    case "minItems":
      return at(`${found()}; expected at least ${params.limit} ${params.limit === 1 ? "entry" : "entries"}`);
    case "maxItems":
      return at(`${found()}; expected at most ${params.limit} entries`);
    case "uniqueItems":
      return at(`${where} has ${entryOf(error)} twice; expected each entry once`, [Math.max(params.i, params.j)]);
    case "minProperties":
      return at(`${where} is empty; expected at least one entry`);
    case "maxLength":
      if (error.propertyName !== undefined)
        return at(`${where} has the name ${shown(error.data)}; expected at most ${params.limit} letters`);
      return at(`${found()}; expected at most ${params.limit} characters`);
    case "pattern":
      // propertyNames reports names.
      if (error.propertyName !== undefined) return undefined;
      return at(`${found()}; expected ${matchOf(error)}`);
    case "anyOf":
    case "oneOf": {
      const expected = expectedOf(error.schema as Record<string, unknown>[]);
      if (expected === undefined) return at(`${found()}: ${error.message}`);
      return at(expected.startsWith("lacks ") ? `${where} ${expected}` : `${found()}; expected ${expected}`);
    }
    default:
      return at(`${found()}: ${error.message}`);
  }
}

/** What matches a pattern, in words: its title, or for one word this and the other types: a number or "none". */
function matchOf({ parentSchema, params }: ErrorObject): string {
  const pattern = params.pattern as string;
  const { title, type = [] } = (parentSchema ?? {}) as { title?: string; type?: string | string[] };
  const word = /^\^(\w+)\$$/.exec(pattern)?.[1];
  if (title !== undefined || word === undefined) return title ?? `text that matches ${pattern}`;
  const others = [type].flat().filter((each) => each !== "string");
  return [...others.map((each) => nouns[each] ?? each), `"${word}"`].join(" or ");
}

/** The place of a parameter that stands among the keys of a stage. */
const placeOf = (known: string[]) =>
  known.includes("uses") && known.includes("with") ? '; parameters of the stage belong below "with"' : "";

/** What is lacking; undefined for a tag: the choice by it says so, with the tags that there are. */
function messageOfLack({ parentSchema, params }: ErrorObject, where: string): string | undefined {
  const name = params.missingProperty as string;
  if (parentSchema?.discriminator?.propertyName === name) return undefined;
  const { description } = (parentSchema?.properties?.[name] ?? {}) as { description?: string };
  return `${where} lacks "${name}"${description ? `: ${description}` : ""}`;
}

/** The fault of a tag that chooses among alternatives: it is lacking, misspelt, or not one of theirs. */
function faultOfTag({ parentSchema, params, data }: ErrorObject, where: string): Omit<Fault, "path"> & { below: Path } {
  const branches = (parentSchema?.oneOf ?? []) as Branch[];
  const name = params.tag as string;
  const allowed = branches.map(({ properties, title = "" }) => properties?.[name]?.const ?? title);
  const value = params.tagValue as unknown;
  if (value === undefined) {
    const meant = nearestName(name, Object.keys(data as object));
    if (meant === undefined) return { below: [], message: `${where} lacks "${name}"; expected ${listed(allowed)}` };
    return { below: [meant], part: "key", message: `${where} has no "${meant}"; did you mean "${name}"?` };
  }
  const guess = suggestion(String(value), allowed);
  return { below: [name], message: `${where}.${name} is ${shown(value)}; expected ${listed(allowed)}${guess}` };
}

/** The entry of a list that is there twice. */
const entryOf = ({ data, params }: ErrorObject) => shown((data as unknown[])[params.i]);

/** A JSON pointer as a path, with numbers for the entries of lists. */
export function pathOf(pointer: string, root: unknown): Path {
  const path: (string | number)[] = [];
  let at = root;
  for (const raw of pointer.split("/").slice(1)) {
    const name = raw.replaceAll("~1", "/").replaceAll("~0", "~");
    path.push(Array.isArray(at) ? Number(name) : name);
    at = (at as Record<string, unknown> | undefined)?.[name];
  }
  return path;
}
