/** The facts that a process states before the first loss. */
import { type Layout, layoutOf, layoutSize, type TensorLayout } from "../networks/layout.js";
import type { Connection } from "./connection.js";
import type { Frame } from "./frames.js";

/** The version of the protocol that this program supports (stages/inputs/external.md). */
const PROTOCOL_VERSION = 1;

type Role = TensorLayout["role"];
const roles: readonly Role[] = ["weight", "bias", "norm"];

export interface Hello {
  layout: Layout;
  /** The number of parameters. */
  size: number;
  /** True when the process supports the request `gradient`, or `hvp`. */
  gradient: boolean;
  hvp: boolean;
  /** The names of further columns besides the loss. */
  columns: readonly string[];
  /** The number of points that it accepts at once. */
  batch: number;
  /** True when it accepts coefficients of stored directions instead of whole vectors. */
  combinations: boolean;
  /** The initial weights, if it has any. */
  start?: Float64Array;
}

/**
 * Exchanges hellos with the process. Throws Error when it uses another version, cannot compute in `dtype`, or describes
 * no parameters.
 */
export async function greet(connection: Connection, dtype: "f32" | "f64"): Promise<Hello> {
  return helloOf(await connection.prepare("hello", { do: "hello", version: PROTOCOL_VERSION, dtype }), dtype);
}

function helloOf({ header, arrays }: Frame, dtype: string): Hello {
  const fault = (text: string) => new Error(`the command's hello ${text}`);
  const { version, parameters, answers = ["loss"], columns = [], batch = 1, combinations = false } = header;
  if (version !== PROTOCOL_VERSION) throw fault(`has version ${version}; expected ${PROTOCOL_VERSION}`);
  if (header.dtype !== dtype) {
    throw fault(`says dtype ${JSON.stringify(header.dtype)}; the stage needs "${dtype}"; set dtype, or implement it`);
  }
  const layout = tensorsOf(header.layout, parameters, fault);
  const size = layoutSize(layout);
  if (parameters !== undefined && parameters !== size) {
    throw fault(`has a layout of ${size} numbers, but says parameters: ${parameters}`);
  }
  if (!isNames(answers) || !answers.includes("loss")) {
    throw fault(`answers ${JSON.stringify(answers)}; expected a list with "loss", and perhaps "gradient" and "hvp"`);
  }
  if (!isNames(columns) || columns.some((name) => name === "loss" || /^a\d+$/.test(name))) {
    throw fault(`has columns ${JSON.stringify(columns)}; expected names other than "loss" and those of axes`);
  }
  if (!isCount(batch)) throw fault(`has batch ${JSON.stringify(batch)}; expected a whole number of 1 or more`);
  const start = arrays.start && Float64Array.from(arrays.start.values);
  if (start && start.length !== size) throw fault(`has a start of ${start.length} numbers; expected ${size}`);
  return {
    layout,
    size,
    gradient: answers.includes("gradient"),
    hvp: answers.includes("hvp"),
    columns,
    batch,
    combinations: combinations === true,
    start,
  };
}

/** The layout that the process states, otherwise a single tensor of all parameters. */
function tensorsOf(told: unknown, parameters: unknown, fault: (text: string) => Error): Layout {
  if (told === undefined) {
    if (!isCount(parameters)) throw fault(`says parameters: ${JSON.stringify(parameters)}; expected their number`);
    return layoutOf([{ name: "theta", role: "weight", shape: [parameters] }]);
  }
  const list = Array.isArray(told) ? told : [];
  const tensors = list.map(({ name, shape, role = "weight" }: Record<string, unknown>) => {
    const isShape = Array.isArray(shape) && shape.every(isCount);
    if (typeof name !== "string" || !isShape || !roles.includes(role as Role)) {
      const expected = `a name, a shape of whole numbers, and a role of ${roles.join(", ")}`;
      throw fault(`has the tensor ${JSON.stringify({ name, shape, role })}; expected ${expected}`);
    }
    return { name, shape: shape as number[], role: role as Role };
  });
  if (tensors.length === 0) throw fault("has an empty layout; expected a list of tensors");
  return layoutOf(tensors);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string" && name !== "");
}
