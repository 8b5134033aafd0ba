/** Facts about results before anything runs, and the faults that these show. */
import type { Facts, Outlook, SpanFacts } from "../stage.js";
import type { Report, StageNode } from "./node.js";
import type { Step } from "./step.js";

/** The facts about the results of steps, found on demand. */
export interface Outlooks {
  of(step: Step): Outlook;
  /** One entry per stage at a port: the facts about all its points. */
  ofInputs(step: Step): Record<string, Outlook[]>;
}

/** What is known to be wrong with stages. */
export interface Faulty {
  /** Refused parameters, which are not passed to stages. */
  params: (params: object) => boolean;
  /** A step of a stage that a faulty input is left out of. */
  inputs: (step: Step) => boolean;
  /** A step of a stage whose axes are not known, because something before it is faulty. */
  axes: (step: Step) => boolean;
}

/** `axes` are those of the matrix: a stage after a faulty one may have any. */
export function outlooksOf(faulty?: Faulty, axes: readonly string[] = []): Outlooks {
  const known = new Map<Step, Outlook>();
  const byParams = new WeakMap<object, Facts>();
  const factsOf = (step: Step): Facts => {
    const { definition, params, files } = step;
    const file = (path: string) => files.find((own) => own.path === path)?.absolute;
    if (definition.outlook === undefined || faulty?.params(params) || lacksInput(step) || faulty?.inputs(step))
      return {};
    // Many points share the parameters of a stage that depends on nothing else.
    if (definition.outlook.length > 1) return definition.outlook(params, ofInputs(step), file);
    const found = byParams.get(params) ?? definition.outlook(params, {}, file);
    byParams.set(params, found);
    return found;
  };
  const of = (step: Step): Outlook => {
    const before = known.get(step);
    if (before) return before;
    const facts = factsOf(step);
    const found = {
      ...facts,
      ...(Number.isNaN(facts.amount) && { amount: undefined }),
      stage: step.title,
      uses: step.definition.name,
      result: step.key,
      kind: step.definition.output,
      axes: Object.keys(step.point),
      points: [step.point],
      steps: 1,
    };
    known.set(step, found);
    return found;
  };
  /** The facts about the points of one stage. */
  const ofAll = (steps: readonly Step[]): Outlook => {
    // Without facts, the points do not differ.
    const isPlain = steps.length > 1 && steps[0].definition.outlook === undefined;
    const facts = isPlain ? of(steps[0]) : together(steps.map(of));
    const result = steps.map(({ key }) => key).join();
    if (faulty?.axes(steps[0])) return { ...facts, result, axes, points: undefined, steps: Number.NaN };
    return { ...facts, result, points: steps.map(({ point }) => point), steps: steps.length };
  };
  const ofInputs = (step: Step): Record<string, Outlook[]> =>
    faulty?.inputs(step) ? mapValues(ofSources(step), (sources) => sources.map(withAnyNames)) : ofSources(step);
  const ofSources = ({ inputs }: Step): Record<string, Outlook[]> =>
    Object.fromEntries(
      Object.entries(inputs).flatMap(([port, sources]) => {
        // A source of an unknown stage is told at its own place.
        if (sources.length === 0) return [];
        const byStage = new Map<string, Step[]>();
        for (const source of sources) {
          const own = byStage.get(source.stage);
          if (own) own.push(source);
          else byStage.set(source.stage, [source]);
        }
        return [[port, [...byStage.values()].map(ofAll)] as const];
      }),
    );
  return { of, ofInputs };
}

/** An outlook that leaves open which names there are: an input that is left out may have those that are wanted. */
function withAnyNames(outlook: Outlook): Outlook {
  return { ...outlook, columns: undefined, headlines: undefined, rowAxes: undefined, rowPoints: undefined };
}

function mapValues<From, To>(values: Record<string, From>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}

/** True when a port that must be connected is not, which is a separate fault. */
function lacksInput({ definition, inputs }: Step): boolean {
  return Object.entries(definition.inputs).some(
    ([port, { optional }]) => port !== "*" && !optional && (inputs[port] ?? []).length === 0,
  );
}

/** Facts that count for a stage only if all its points share them. */
const shared = [
  ...(["samples", "parameters", "amount", "problem", "optimizer", "found", "dimensions", "sweep"] as const),
] as const;

/** The facts for all points of a stage: every name that one of them may have, and values that all share. */
function together(all: readonly Outlook[]): Outlook {
  const [first] = all;
  if (all.length === 1) return first;
  const names = (fact: "columns" | "headlines" | "rowAxes" | "solution" | "terms") => {
    if (all.some((outlook) => outlook[fact] === undefined)) return undefined;
    const distinct = new Set(all.map((outlook) => outlook[fact] as readonly string[]));
    return distinct.size === 1 ? first[fact] : [...new Set([...distinct].flat())];
  };
  const same = (fact: (typeof shared)[number]) =>
    all.every((outlook) => outlook[fact] === first[fact]) ? first[fact] : undefined;
  return {
    ...first,
    ...Object.fromEntries(shared.map((fact) => [fact, same(fact)])),
    ...{ columns: names("columns"), headlines: names("headlines"), rowAxes: names("rowAxes") },
    ...{ solution: names("solution"), terms: names("terms") },
    network: all.every(({ network }) => network?.text === first.network?.text) ? first.network : undefined,
    span: spanOfAll(all.map(({ span }) => span)),
    rowPoints: undefined,
  };
}

/** The spans of many points as one. */
function spanOfAll(all: readonly (SpanFacts | undefined)[]): SpanFacts | undefined {
  const known = all.filter((span) => span !== undefined);
  if (known.length < all.length || known.some(({ unit }) => unit !== known[0].unit)) return undefined;
  const one = (port: "directions" | "model") => {
    const of = known.map((span) => span[port]);
    return of[0] && { stage: of[0].stage, result: of.map((each) => each?.result).join() };
  };
  return { unit: known[0].unit, directions: one("directions"), model: one("model") };
}

/** Reports inputs that do not fit the parameters, once for all points. */
export function checkInputs(
  { name, definition, inserted, lacksInput: isIncomplete }: StageNode,
  steps: readonly Step[],
  outlooks: Outlooks,
  faulty: Faulty,
  report: Report,
): void {
  if (definition.checkInputs === undefined || inserted) return;
  const told = new Set<string>();
  for (const step of steps) {
    if (faulty.params(step.params) || lacksInput(step)) continue;
    const faults = definition.checkInputs(step.params, outlooks.ofInputs(step));
    for (const { path, message, part } of faults.filter((fault) => !(fault.lacksInput && isIncomplete))) {
      const at = ["stages", name, ...path];
      const id = JSON.stringify([at, message]);
      if (!told.has(id)) report(at, `${name}: ${message}`, part);
      told.add(id);
    }
  }
}

/** A column is one array, and its places are counted by 32 bits. */
const MOST_ROWS = 2 ** 31 - 1;

/** Reports what is too much for one column, once for all points. */
export function checkAmounts(
  { name, definition, inserted }: StageNode,
  steps: readonly Step[],
  outlooks: Outlooks,
  report: Report,
): void {
  if (definition.outlook === undefined || inserted) return;
  for (const step of steps) {
    const { amount = 0, unit = "rows", decidedBy = [] } = outlooks.of(step);
    if (amount <= MOST_ROWS) continue;
    const [found, most] = [amount, MOST_ROWS].map((count) => count.toLocaleString("en"));
    report(["stages", name, ...decidedBy], `${name}: ${found} ${unit} are too many; expected at most ${most}`);
    return;
  }
}
