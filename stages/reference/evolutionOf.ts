import type { Coefficients } from "../../src/models/problems/coefficients.js";
import { type Expression, namesIn, requireNames } from "../../src/models/problems/expression.js";
import { foldExpression, requireFinite } from "../../src/models/problems/foldExpression.js";
import { linearTerms } from "../../src/models/problems/linearTerms.js";
import { type Lists, listFunction } from "../../src/models/problems/listFunction.js";
import { parseEquation, parseExpression } from "../../src/models/problems/parseExpression.js";
import { type Bound, spaceVariables } from "../../src/models/problems/pinn.js";
import { boundValue } from "../../src/models/problems/pinnPoints.js";
import { derivativeOf, type SolutionNames, withSolutionNames } from "../../src/models/problems/solutionNames.js";
import type { Evolution } from "../../src/solvers/evolution.js";
import type { Path } from "../../src/text/fault.js";
import { coefficientsOf } from "./coefficientsOf.js";
import { at, ParameterError } from "./parameterError.js";

/** An evolution equation in one space variable, or a system of them, in the words of a problem of kind pinn. */
export interface EvolutionParams {
  kind: "evolution";
  equation: string | Readonly<Record<string, string>>;
  coefficients: Coefficients;
  domain: Readonly<Record<string, readonly [Bound, Bound]>>;
  initial: string | Readonly<Record<string, string>>;
  boundary: "periodic" | "fixed";
  grid: Readonly<Record<string, number>>;
  tolerance: number;
}

/** An output differentiated in time: what an equation of first order in time solves for. */
interface Field {
  readonly output: string;
  readonly order: number;
}

interface Rate {
  readonly linear: number[][];
  readonly rest: Expression | undefined;
}

/** The outputs: what the initial condition gives, without the derivatives in t. */
export function outputsOf({ initial }: Pick<EvolutionParams, "initial">): string[] {
  return typeof initial === "string" ? ["u"] : Object.keys(initial).filter((name) => !name.includes("_"));
}

/**
 * The evolution with its first m fields the outputs. An equation of order k in time becomes k equations of first order.
 *
 * @throws ParameterError for the first mistake.
 */
export function evolutionOf(params: EvolutionParams): { evolution: Evolution; outputs: readonly string[] } {
  const [space] = spaceOf(params);
  const names: SolutionNames = { variables: [space, "t"], outputs: outputsOf(params) };
  const texts = [params.equation, params.initial].flatMap((of) => (typeof of === "string" ? [of] : Object.values(of)));
  const known = coefficientsOf(params, [...names.variables, ...names.outputs], texts);
  const equations = equationsOf(params, names, known);
  const fields = fieldsOf(params, names, equations);
  const rates = ratesOf(params, names, equations, fields);
  const initial = initialOf(params, space, fields, known);
  const rests = rates.flatMap(({ rest }, field) => (rest ? [{ field, rest }] : []));
  return {
    outputs: names.outputs,
    evolution: {
      interval: params.domain[space].map(boundValue) as [number, number],
      boundary: params.boundary,
      initial,
      linear: rates.map(({ linear }) => linear),
      ...(rests.length > 0 && { nonlinear: nonlinearOf(rests, names, fields, space) }),
    },
  };
}

/** The space variable, with the faults of domain and grid. */
function spaceOf({ domain, grid }: EvolutionParams): string[] {
  const space = spaceVariables({ domain });
  const letters = Object.keys(domain).every((name) => /^[a-zA-Z]$/.test(name));
  if (!letters || space.length !== 1 || !Object.hasOwn(domain, "t")) {
    const message = `has ${Object.keys(domain).join(", ")}; expected t and one space variable, a single letter`;
    throw new ParameterError(["domain"], message);
  }
  for (const name of Object.keys(domain)) {
    const [lower, upper] = domain[name].map((bound, i) => at(["domain", name, i], () => boundValue(bound)));
    if (!(lower < upper && Number.isFinite(upper - lower))) {
      const message = `runs from ${lower} to ${upper}; expected a finite lower bound below a finite upper one`;
      throw new ParameterError(["domain", name], message);
    }
    if (grid[name] === undefined) throw new ParameterError(["grid"], `lacks "${name}", a variable of the domain`);
  }
  const other = Object.keys(grid).find((name) => !Object.hasOwn(domain, name));
  if (other !== undefined) {
    throw new ParameterError(["grid", other], `"${other}" is not a variable of the domain, ${space[0]} and t`);
  }
  return space;
}

interface Equation {
  readonly path: Path;
  readonly expression: Expression;
}

function equationsOf({ equation }: EvolutionParams, names: SolutionNames, known: Record<string, number>): Equation[] {
  const sources: [Path, string][] =
    typeof equation === "string"
      ? [[["equation"], equation]]
      : Object.entries(equation).map(([name, source]) => [["equation", name], source]);
  const equations = sources.map(([path, source]) => {
    const expression = at(path, () => {
      const read = withSolutionNames(parseEquation(source), names, Object.keys(known));
      requireFinite(read, known);
      return foldExpression(read, known);
    });
    return { path, expression };
  });
  if (equations.length !== names.outputs.length) {
    const message = `has ${equations.length} equations; expected ${names.outputs.length}, as initial gives ${names.outputs.join(", ")}`;
    throw new ParameterError(["equation"], message);
  }
  return equations;
}

/** The outputs first, then their derivatives in time below the highest. */
function fieldsOf({ initial }: EvolutionParams, names: SolutionNames, equations: readonly Equation[]): Field[] {
  const used = equations.flatMap(({ expression }) => namesIn(expression));
  const highest = names.outputs.map((output) => {
    const orders = used.map(({ name }) => derivativeOf(name, names)).filter((found) => found?.output === output);
    return Math.max(0, ...orders.map((found) => found?.orders[1] ?? 0));
  });
  const still = names.outputs.find((_, i) => highest[i] === 0);
  if (still !== undefined) throw new ParameterError(["equation"], `lacks ${still}_t; expected an evolution in t`);
  const fields = [
    ...names.outputs.map((output) => ({ output, order: 0 })),
    ...names.outputs.flatMap((output, i) =>
      Array.from({ length: highest[i] - 1 }, (_, order) => ({ output, order: order + 1 })),
    ),
  ];
  const wanted = fields.map(fieldName);
  const given = typeof initial === "string" ? ["u"] : Object.keys(initial);
  const missing = wanted.find((name) => !given.includes(name));
  if (missing !== undefined) {
    throw new ParameterError(["initial"], `lacks ${missing}; expected values at the lower t of ${wanted.join(", ")}`);
  }
  const more = given.find((name) => !wanted.includes(name));
  if (more !== undefined) {
    throw new ParameterError(["initial", more], `"${more}" is not needed; expected ${wanted.join(", ")}`);
  }
  return fields;
}

const fieldName = ({ output, order }: Field) => (order === 0 ? output : `${output}_${"t".repeat(order)}`);

/** The rates of the fields, with the coefficients of their linear terms by field and order in space. */
function ratesOf(
  params: EvolutionParams,
  names: SolutionNames,
  equations: readonly Equation[],
  fields: Field[],
): Rate[] {
  const rates = fields.map(({ output, order }): Rate | undefined => {
    const next = fields.findIndex((field) => field.output === output && field.order === order + 1);
    return next < 0 ? undefined : { linear: fields.map((_, j) => (j === next ? [1] : [])), rest: undefined };
  });
  for (const { path, expression } of equations) {
    const used = new Set(
      namesIn(expression)
        .map(({ name }) => name)
        .filter((name) => derivativeOf(name, names)),
    );
    const placed = new Map([...used].map((name) => [name, placeOf(name, names, fields)] as const));
    const leading = [...used].filter((name) => placed.get(name)!.field < 0);
    const { linear, rest } = linearTerms(expression, used);
    const [name, ...others] = leading;
    const isFree = others.length === 0 && linear[name] && !(rest && namesIn(rest).some((of) => of.name === name));
    if (!isFree) {
      const found = leading.length > 0 ? leading.join(", ") : "none";
      const message = `has ${found}; expected one highest derivative in t, times a constant, and none in space and t`;
      throw new ParameterError(path, message);
    }
    const solved = fields.findIndex(
      (field, i) => !rates[i] && name === fieldName({ ...field, order: field.order + 1 }),
    );
    if (solved < 0) throw new ParameterError(path, `is a second equation for ${name}; expected one for each`);
    const rows: number[][] = fields.map(() => []);
    for (const [of, coefficient] of Object.entries(linear)) {
      const { field, order } = placed.get(of)!;
      if (field >= 0) rows[field][order] = (rows[field][order] ?? 0) - coefficient / linear[name];
    }
    requireOrders(params, path, [...placed.values()]);
    const { index } = expression;
    const factor: Expression = { kind: "number", value: -1 / linear[name], index };
    rates[solved] = {
      linear: rows.map((row) => Array.from(row, (value) => value ?? 0)),
      rest: rest && { kind: "*", operands: [factor, rest], index },
    };
  }
  return rates as Rate[];
}

/** The field and its order in space that a derivative means; field −1 for what an equation is solved for. */
function placeOf(name: string, names: SolutionNames, fields: readonly Field[]): { field: number; order: number } {
  const { output, orders } = derivativeOf(name, names)!;
  return { field: fields.findIndex((of) => of.output === output && of.order === orders[1]), order: orders[0] };
}

function requireOrders({ boundary }: EvolutionParams, path: Path, placed: readonly { order: number }[]): void {
  const highest = Math.max(...placed.map(({ order }) => order));
  if (boundary === "fixed" && highest !== 2) {
    throw new ParameterError(path, `is of order ${highest} in space; expected 2, as the values at both ends are fixed`);
  }
}

function initialOf(
  { initial }: EvolutionParams,
  space: string,
  fields: readonly Field[],
  known: Record<string, number>,
) {
  const functions = fields.map((field) => {
    const name = fieldName(field);
    const [path, source] = typeof initial === "string" ? [["initial"], initial] : [["initial", name], initial[name]];
    return at(path, () => {
      const expression = parseExpression(source);
      requireNames(expression, [space, ...Object.keys(known)]);
      requireFinite(expression, known);
      return listFunction(foldExpression(expression, known), [space]);
    });
  });
  return (x: Float64Array) => functions.map((of) => of({ [space]: x }, x.length));
}

function nonlinearOf(
  rests: readonly { field: number; rest: Expression }[],
  names: SolutionNames,
  fields: readonly Field[],
  space: string,
): Evolution["nonlinear"] {
  const used = new Set(rests.flatMap(({ rest }) => namesIn(rest).map(({ name }) => name)));
  const derivatives = [...used].filter((name) => derivativeOf(name, names));
  const functions = rests.map(({ rest }) => listFunction(rest, [...used]));
  return (derivative, x, t) => {
    const values: Record<string, Lists[string]> = { [space]: x, t };
    for (const name of derivatives) {
      const { field, order } = placeOf(name, names, fields);
      values[name] = derivative(field, order);
    }
    const rates = fields.map(() => new Float64Array(x.length));
    for (const [k, { field }] of rests.entries())
      rates[field] = functions[k](values, x.length) as Float64Array<ArrayBuffer>;
    return rates;
  };
}
