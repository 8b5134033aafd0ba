import { PickledObject } from "../../files/pickle.js";
import { TorchTensor } from "../../files/torchFile.js";

/**
 * The most containers, tensors and values to visit. Values that contain each other many times would otherwise never
 * end.
 */
const VISIT_LIMIT = 1_000_000;
const DEPTH_LIMIT = 100;

/** The usual places of the state dict in trainers' checkpoints, the most common first. */
const usualKeys = ["state_dict", "model_state_dict", "model", "module", "net", "network", "weights", "params"];

/**
 * The tensors in a file of torch.save, by names with dots, in the order of the file: of a state dict, of one in a
 * trainer's checkpoint, or of a whole module. `key` names the part of a checkpoint to use. `name` begins each message.
 */
export function stateDict(content: unknown, name: string, key?: string): Map<string, TorchTensor> {
  const count = { left: VISIT_LIMIT, name };
  const start = key === undefined ? usualPart(content) : partAt(content, key, name);
  const found = new Map<string, TorchTensor>();
  collect(start, "", found, count, 0);
  if (found.size === 0) throw new Error(`${name} holds no tensors${key === undefined ? "" : ` at ${key}`}`);
  return found;
}

/**
 * The state dict of a trainer's checkpoint. Its neighbours (such as an optimizer's tensors) do not belong to the
 * network.
 */
function usualPart(content: unknown): unknown {
  if (!(content instanceof Map)) return content;
  const isWhole = [...content.values()].some((value) => value instanceof TorchTensor);
  if (isWhole) return content;
  const usual = usualKeys.find((key) => isContainer(content.get(key)));
  return usual === undefined ? content : content.get(usual);
}

const isContainer = (value: unknown) => value instanceof Map || value instanceof PickledObject;

function partAt(content: unknown, key: string, name: string): unknown {
  const at = entriesOf(content);
  if (at.has(key)) return at.get(key);
  // Names in a path may contain dots; the longest existing name is tried first.
  const parts = key.split(".");
  for (let end = parts.length - 1; end > 0; end--) {
    const own = parts.slice(0, end).join(".");
    if (at.has(own)) return partAt(at.get(own), parts.slice(end).join("."), name);
  }
  const known = [...at.keys()].slice(0, 12).join(", ");
  throw new Error(`${name} has no "${key}"; expected ${known || "a name of something in it"}`);
}

/** The content of a container by name. For a module: its parameters, buffers and modules. */
function entriesOf(value: unknown): Map<string, unknown> {
  if (value instanceof Map) return new Map([...value].map(([key, own]) => [String(key), own]));
  if (Array.isArray(value)) return new Map(value.map((own, i) => [String(i), own]));
  if (!(value instanceof PickledObject)) return new Map();
  const { attributes } = value;
  const parts = ["_parameters", "_buffers", "_modules"].flatMap((part) => {
    const own = attributes.get(part);
    return own instanceof Map ? [...own] : [];
  });
  if (parts.length > 0) return new Map(parts.map(([key, own]) => [String(key), own]));
  // The network inside a wrapping object.
  const modules = [...attributes].filter(([, own]) => isModule(own));
  return new Map((modules.length > 0 ? modules : [...attributes]).map(([key, own]) => [String(key), own]));
}

const isModule = (value: unknown) =>
  value instanceof PickledObject && value.attributes.has("_parameters") && value.attributes.has("_modules");

function collect(
  value: unknown,
  path: string,
  found: Map<string, TorchTensor>,
  count: { left: number; name: string },
  depth: number,
): void {
  if (--count.left < 0) throw new Error(`${count.name} holds more than ${VISIT_LIMIT} values; select a part with key`);
  if (depth > DEPTH_LIMIT) throw new Error(`${count.name} holds values deeper than ${DEPTH_LIMIT} levels`);
  if (value instanceof TorchTensor) {
    found.set(path, value);
    return;
  }
  // Lists belong to optimizers and histories.
  if (Array.isArray(value) && depth > 0) return;
  for (const [key, own] of entriesOf(value)) {
    if (own === null || typeof own !== "object") continue;
    if (isOptimizer(own) || (depth === 0 && /optim|sched|scaler/i.test(key) && !(own instanceof TorchTensor))) continue;
    collect(own, path === "" ? key : `${path}.${key}`, found, count, depth + 1);
  }
}

const isOptimizer = (value: unknown) =>
  value instanceof PickledObject && (/\boptim\b|lr_scheduler/.test(value.type) || value.attributes.has("param_groups"));
