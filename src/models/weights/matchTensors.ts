import { nearestName } from "../../text/nearestName.js";
import { type Layout, layoutSize, type TensorLayout } from "../networks/layout.js";
import type { FileTensor, FileTensors } from "./fileTensors.js";
import { patternOf } from "./onnxParameters.js";
import { besideEachOther } from "./tensorTable.js";

/** How the tensors of a layout are named in a file. */
export interface TensorNames {
  /** A prefix of each name of the layout. Other tensors are ignored. */
  readonly prefix?: string;
  /** Name in the layout → name in the file, if these differ. */
  readonly names?: Readonly<Record<string, string>>;
  /** Tensors of the file that the network does not have, by name or pattern. */
  readonly ignore?: readonly string[];
}

/** The flat parameter vector, and remarks on how it was found. */
export interface MatchedWeights {
  readonly values: Float64Array;
  readonly notes: readonly string[];
}

/** A tensor of the file under its own name, and under the name used for the search. */
interface Candidate extends FileTensor {
  readonly name: string;
  readonly key: string;
}

/** The most faults in a message. */
const SHOWN_FAULTS = 8;

/** The prefixes of wrappers: data parallel, compiled, Lightning. */
const wrappers = ["module.", "_orig_mod.", "model.", "network.", "net."];

/**
 * The flat parameter vector of a layout from named tensors; `file` begins the message. Tensors are matched by name, or
 * by their order and shapes if only one order fits. Statistics of batch norms may have PyTorch's names. Counters of
 * batches are ignored. When a convolution in the file has a bias before a batch norm that the network does not have,
 * the bias is subtracted from the mean of the norm.
 *
 * @throws Error with every tensor that is missing, has another shape or is left over, with both lists side by side.
 */
export function matchTensors(layout: Layout, file: FileTensors, options: TensorNames, label: string): MatchedWeights {
  const { prefix = "", names = {}, ignore = [] } = options;
  const ignored = ignore.map(patternOf);
  const isSpare = (name: string) => /(^|\.)num_batches_tracked$/.test(name) || ignored.some((own) => own.test(name));
  const candidates = [...file.tensors]
    .filter(([name]) => name.startsWith(prefix) && !isSpare(name))
    .map(([name, tensor]) => ({ ...tensor, name, key: canonical(name.slice(prefix.length)) }));
  const assigned = new Map<string, Candidate>();
  for (const { name } of layout) {
    const own = Object.hasOwn(names, name) ? candidates.find((candidate) => candidate.name === names[name]) : undefined;
    if (own) assigned.set(name, own);
  }
  const taken = new Set(assigned.values());
  const open = layout.filter(({ name }) => !Object.hasOwn(names, name));
  const rest = candidates.filter((candidate) => !taken.has(candidate));
  const { found, note } = matchRest(open, rest, file.ordered);
  for (const [name, candidate] of found) assigned.set(name, candidate);
  return assemble(layout, candidates, assigned, names, prefix, label, note);
}

/** PyTorch and others name statistics differently; TensorFlow numbers its variables. */
const canonical = (name: string) =>
  name
    .replace(/:\d+$/, "")
    .replace(/running_mean$|moving_mean$/, "mean")
    .replace(/running_var$|moving_variance$/, "variance");

type Found = { found: ReadonlyMap<string, Candidate>; note?: string };

function matchRest(open: Layout, rest: readonly Candidate[], ordered: boolean): Found {
  const byName = matchNames(open, rest);
  if (byName.found.size > 0 || open.length === 0) return byName;
  const lean = rest.filter((candidate, i) => !isBiasBeforeNorm(rest, i, candidate));
  for (const list of lean.length < rest.length ? [rest, lean] : [rest]) {
    const inOrder = matchOrder(open, list, ordered);
    if (inOrder) {
      const pairs = [...inOrder].map(([name, candidate]) => `${name} = ${candidate.name}`).join(", ");
      return { found: inOrder, note: `matched by order and shape: ${pairs}` };
    }
  }
  return { found: new Map() };
}

/** By name, after dropping the prefix with which all tensors, or most of them, fit. */
function matchNames(open: Layout, rest: readonly Candidate[]): Found {
  let best: Found = { found: new Map() };
  for (const prefix of prefixesOf(rest)) {
    const known = new Map(
      rest.filter(({ key }) => key.startsWith(prefix)).map((own) => [own.key.slice(prefix.length), own]),
    );
    const found = new Map(open.flatMap(({ name }) => (known.has(name) ? [[name, known.get(name)!] as const] : [])));
    const isBetter = found.size > best.found.size && (prefix === "" || found.size === open.length);
    if (isBetter)
      best = { found, ...(prefix !== "" && { note: `dropped the prefix "${prefix}" of the names in the file` }) };
  }
  return best;
}

/** No prefix, nested prefixes of wrappers, and the common prefix of all names. */
function prefixesOf(rest: readonly Candidate[]): string[] {
  const keys = rest.map(({ key }) => key);
  const prefixes = new Set([""]);
  for (let round = 0; round < 3; round++) {
    for (const outer of [...prefixes]) {
      for (const own of wrappers) if (keys.some((key) => key.startsWith(outer + own))) prefixes.add(outer + own);
    }
  }
  const parts = (keys[0] ?? "").split(".");
  for (let end = 1; end < parts.length; end++) {
    const own = `${parts.slice(0, end).join(".")}.`;
    if (keys.every((key) => key.startsWith(own))) prefixes.add(own);
  }
  return [...prefixes];
}

const isStatistic = (name: string) => /(^|\.)(mean|variance)$/.test(name);
const sameShape = (a: readonly number[], b: readonly number[]) => a.join() === b.join();

/**
 * By the order of the file, if its shapes are those of the network one after the other, or by shape, if each occurs
 * once.
 */
function matchOrder(open: Layout, rest: readonly Candidate[], ordered: boolean): Map<string, Candidate> | undefined {
  const groups = [false, true].map((wanted) => ({
    tensors: open.filter(({ name }) => isStatistic(name) === wanted),
    own: rest.filter(({ key }) => isStatistic(key) === wanted),
  }));
  const found = new Map<string, Candidate>();
  for (const { tensors, own } of groups) {
    if (tensors.length !== own.length) return undefined;
    const isInOrder = ordered && tensors.every(({ shape }, i) => sameShape(shape, own[i].shape));
    const places = tensors.map(({ shape }, i) =>
      isInOrder ? [own[i]] : own.filter((candidate) => sameShape(candidate.shape, shape)),
    );
    if (!places.every(({ length }) => length === 1)) return undefined;
    for (const [i, [candidate]] of places.entries()) found.set(tensors[i].name, candidate);
  }
  return new Set(found.values()).size === found.size ? found : undefined;
}

/** True when a candidate has the name of the bias of the kernel just before it, and a norm follows. */
function isBiasBeforeNorm(rest: readonly Candidate[], i: number, { key, shape }: Candidate): boolean {
  const [kernel, after] = [rest[i - 1], rest[i + 1]];
  const isBias = kernel?.shape.length > 2 && key === kernel.key.replace(/weight$/, "bias") && shape.length === 1;
  return isBias && after?.shape.length === 1 && sameShape(after.shape, shape);
}

/** Puts the tensors in their places, or reports all faults. */
function assemble(
  layout: Layout,
  candidates: readonly Candidate[],
  assigned: ReadonlyMap<string, Candidate>,
  names: Readonly<Record<string, string>>,
  prefix: string,
  label: string,
  note: string | undefined,
): MatchedWeights {
  const used = new Set(assigned.values());
  const left = candidates.filter((candidate) => !used.has(candidate));
  const faults: string[] = [];
  const values = new Float64Array(layoutSize(layout));
  for (const tensor of layout) {
    const own = assigned.get(tensor.name);
    const key = Object.hasOwn(names, tensor.name) ? names[tensor.name] : prefix + tensor.name;
    if (own === undefined) faults.push(lacking(key, tensor, left));
    else if (!sameShape(own.shape, tensor.shape)) faults.push(misshapen(own, tensor));
    else values.set(own.read(), tensor.offset);
  }
  const notes = note === undefined ? [] : [note];
  for (const candidate of left) {
    const mean = faults.length === 0 ? normOf(layout, assigned, candidate) : undefined;
    if (mean === undefined)
      faults.push(`"${candidate.name}" ${shown(candidate.shape)} belongs to no tensor of the network`);
    else {
      for (const [i, bias] of candidate.read().entries()) values[mean.offset + i] -= bias;
      notes.push(`${candidate.name} is subtracted from ${mean.name}; bias: true keeps it as a parameter`);
    }
  }
  if (faults.length > 0) {
    const more = faults.length > SHOWN_FAULTS ? [`and ${faults.length - SHOWN_FAULTS} more`] : [];
    const remedy = "tensors match by name, by order and shape, or by names; ignore leaves out those of the file";
    const table = besideEachOther(layout, candidates, assigned);
    throw new Error(
      [`${label} does not fit the architecture (${remedy}):`, ...faults.slice(0, SHOWN_FAULTS), ...more, ...table].join(
        "\n  ",
      ),
    );
  }
  return { values, notes };
}

function lacking(key: string, { shape }: TensorLayout, left: readonly Candidate[]): string {
  const nearest = nearestName(
    key,
    left.map(({ name }) => name),
  );
  return `lacks "${key}" ${shown(shape)}${nearest === undefined ? "" : `; did you mean "${nearest}"?`}`;
}

function misshapen(own: Candidate, { shape }: TensorLayout): string {
  const turned = shape.length === 2 && sameShape(own.shape.toReversed(), shape);
  const hint = turned ? ", its transpose: save it as [out, in]" : "";
  return `"${own.name}" is ${shown(own.shape)}; expected ${shown(shape)}${hint}`;
}

/** The mean of the batch norm after a convolution, if a tensor is the bias of that convolution. */
function normOf(
  layout: Layout,
  assigned: ReadonlyMap<string, Candidate>,
  { name, shape }: Candidate,
): TensorLayout | undefined {
  if (!name.endsWith("bias")) return undefined;
  const kernel = [...assigned].find(([, own]) => own.name === name.replace(/bias$/, "weight") && own.shape.length > 2);
  const mean = kernel?.[0].replace(/conv\.weight$/, "norm.mean");
  return layout.find((tensor) => tensor.name === mean && sameShape(tensor.shape, shape));
}

const shown = (shape: readonly number[]) => `[${shape.join(", ")}]`;
