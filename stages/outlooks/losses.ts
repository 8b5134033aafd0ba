/** What the stages that sample a loss know before they run. */
import { isWithoutSamples } from "../../src/models/problems/problemKinds.js";
import type { Facts, Outlook, SpanFacts } from "../../src/stage.js";
import type { Fault } from "../../src/text/fault.js";
import { misfits } from "./network.js";

type Inputs = Readonly<Record<string, readonly Outlook[]>>;

/** The number of directions at the port `directions`. */
export function directionCount({ directions }: Inputs): number | undefined {
  return directions?.[0]?.amount;
}

/** Losses at so many points, with a coefficient for each axis. */
export function pointsOutlook(amount: number, axes: number, parameter: string): Facts {
  return { amount, unit: "points", bytes: 8 * amount * (1 + axes), dimensions: axes, decidedBy: ["with", parameter] };
}

/** What coordinates along the directions at the port count. */
export function spanOf({ model, directions }: Inputs, unit: string): SpanFacts {
  const [[around], [along]] = [model, directions];
  return { unit, directions: along, model: around };
}

/** Directions of another network, and lists that do not have an entry for each direction. */
export function checkSpan(inputs: Inputs, lists: Readonly<Record<string, number>>): Fault[] {
  const axes = directionCount(inputs);
  const [{ parameters, stage }] = inputs.model;
  const [other] = inputs.directions;
  const differ = parameters !== undefined && other.parameters !== undefined && other.parameters !== parameters;
  const wrong = Object.entries(lists).filter(([, length]) => axes !== undefined && length > 1 && length !== axes);
  return [
    ...(differ
      ? [
          {
            path: ["from", "directions"],
            message: `${other.stage} has directions of ${other.parameters} entries, ${stage} has ${parameters} weights`,
          },
        ]
      : []),
    ...wrong.map(([name, length]) => ({
      path: ["with", name],
      message: `has ${length} entries; expected ${axes}, one for each direction, or just one`,
    })),
  ];
}

/** Losses without terms: nothing adds up to them. */
export function checkTerms({ terms }: { terms: boolean }, { problem, network, stage }: Outlook): Fault[] {
  const { weightPenalty = 0 } = (network?.problem ?? {}) as { weightPenalty?: number };
  const hasNone =
    problem === "function" || (problem === "mean-squared-error" && network !== undefined && !weightPenalty);
  if (!terms || !hasNone) return [];
  return [{ path: ["with", "terms"], message: `terms is true, but the loss of ${stage} has no parts; leave it out` }];
}

/** The defaults of parameters that only a loss over samples has. */
const defaults = { statistics: "stored", batchSize: 128 };

/**
 * A model that learnt from samples has no loss without some, and they must fit its network; another has no use for
 * them, nor for how their loss is computed: parameters of `given` that differ from `usual`.
 */
export function checkLossData(
  { model, minima, data }: Inputs,
  given: object = {},
  usual: Readonly<Record<string, unknown>> = defaults,
): Fault[] {
  const own = model?.[0] ?? minima?.[0];
  if (own?.problem === undefined) return [];
  const { problem, stage, network } = own;
  const values = given as Readonly<Record<string, unknown>>;
  const useless = (names: readonly string[], message: string): Fault[] =>
    names
      .filter((name) => values[name] !== undefined && values[name] !== usual[name])
      .map((name) => ({ path: ["with", name], message: `${name} is ${values[name]}, but ${stage} ${message}` }));
  if (isWithoutSamples(problem)) {
    return [
      ...(data === undefined ? [] : [{ path: ["from", "data"], message: `${stage} ${noSamples}` }]),
      ...useless(Object.keys(usual), noSamples),
    ];
  }
  if (data === undefined) {
    const message = `the loss of ${stage} is that of samples; connect those to measure it on to the port "data"`;
    return [{ path: ["from"], part: "key", message, lacksInput: true }];
  }
  const ofNorms = network && !network.hasNorms ? useless(["statistics"], "has no batch norms; leave it out") : [];
  return [...ofNorms, ...misfits(own, data).map((message) => ({ path: ["from", "data"], message }))];
}

const noSamples = "did not learn from samples; leave it out";
