import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import type { externalFiles } from "../../src/graph/onnx/readOnnx.js";
import type { Architecture } from "../../src/models/networks/architecture.js";
import type { NetworkState } from "../../src/models/networks/networkState.js";
import type { OnnxArchitecture } from "../../src/models/networks/onnx.js";
import type { readOnnxNetwork } from "../../src/models/weights/readOnnxNetwork.js";
import { tensorEndings, tensorFormatOf } from "../../src/models/weights/tensorFormats.js";
import { shardsOf } from "../../src/models/weights/tensorIndex.js";
import type { Fault } from "../../src/text/fault.js";

// The readers of ONNX files are loaded on demand, because most networks are not in one.
const require = createRequire(import.meta.url);
interface OnnxNetworks {
  readOnnxNetwork: typeof readOnnxNetwork;
}
interface OnnxFiles {
  externalFiles: typeof externalFiles;
}

/** A network that needs no more files, and the state in its files. */
interface ReadNetwork {
  architecture: Architecture;
  /** For an ONNX file: its weights and statistics. */
  state?: NetworkState;
  notes: readonly string[];
}

/**
 * Reads the files that an architecture names. `file` gives their absolute paths. Architectures without files stay
 * unchanged.
 */
export async function readNetwork(architecture: Architecture, file: (path: string) => string): Promise<ReadNetwork> {
  if (architecture.kind !== "onnx") return { architecture, notes: [] };
  const { weights } = architecture;
  const checkpoint = weights === undefined ? undefined : await checkpointAt(weights, file(weights));
  const networks = await import("../../src/models/weights/readOnnxNetwork.js");
  const {
    architecture: read,
    state,
    notes,
  } = networks.readOnnxNetwork(architecture, file(architecture.path), checkpoint);
  // The paths are not part of the architecture: two files of one network have the same architecture.
  return { architecture: { kind: "onnx", path: "", network: read.network }, state, notes };
}

async function checkpointAt(path: string, absolute: string) {
  const format = tensorFormatOf(path);
  if (format === undefined) throw new Error(`${path} has an unknown ending; expected ${tensorEndings.join(", ")}`);
  const { openTensors } = await import("../../src/models/weights/openTensors.js");
  const { tensors } = await openTensors(absolute, format, path);
  return new Map([...tensors].map(([name, { shape, read }]) => [name, { shape, values: read() }] as const));
}

/**
 * The architecture as far as a check can read it. It includes the network when the ONNX file exists, and the faults of
 * that file. Without `file`, or when the file is missing (which is reported elsewhere), an ONNX network stays unread.
 */
export function checkedNetwork(
  architecture: Architecture,
  file: ((path: string) => string) | undefined,
): { architecture: Architecture; faults: Fault[] } {
  if (architecture.kind !== "onnx" || file === undefined) return { architecture, faults: [] };
  const { path, weights } = architecture;
  if (weights !== undefined && tensorFormatOf(weights) === undefined) {
    const message = `is "${weights}"; expected a name that ends in .${tensorEndings.join(", .")}`;
    return { architecture, faults: [{ path: ["architecture", "weights"], message }] };
  }
  const absolute = file(path);
  if (!existsSync(absolute)) return { architecture, faults: [] };
  const { mtimeMs, size } = statSync(absolute);
  const key = JSON.stringify([architecture, absolute, mtimeMs, size]);
  const known = checked.get(key) ?? checkedOnnx(architecture, absolute);
  checked.set(key, known);
  return known;
}

type Checked = ReturnType<typeof checkedNetwork>;

/** The points of a matrix usually share a network. */
const checked = new Map<string, Checked>();

function checkedOnnx(architecture: OnnxArchitecture, absolute: string): Checked {
  const networks = require("../../src/models/weights/readOnnxNetwork.js") as OnnxNetworks;
  try {
    return { architecture: networks.readOnnxNetwork(architecture, absolute).architecture, faults: [] };
  } catch (error) {
    return { architecture, faults: [{ path: ["architecture"], message: (error as Error).message }] };
  }
}

/** The files that a file of weights or a model refers to, relative to its folder: shards, and external tensors. */
export function companionFiles(absolute: string): string[] {
  try {
    if (absolute.endsWith(".onnx")) {
      const files = require("../../src/graph/onnx/readOnnx.js") as OnnxFiles;
      return files.externalFiles(readFileSync(absolute), absolute);
    }
    return absolute.endsWith(".json") ? shardsOf(readFileSync(absolute), absolute) : [];
  } catch {
    // An unreadable file is reported where it is used.
    return [];
  }
}
