import { type Architecture, createModel } from "../networks/architecture.js";
import type { TensorLayout } from "../networks/layout.js";
import { layerWidths } from "../networks/mlp.js";

/**
 * Hidden units (or channels) of a network that can be permuted without changing its function, if all tensors that refer
 * to them are permuted together.
 */
export interface PermutationGroup {
  readonly units: number;
  readonly places: readonly PermutedAxis[];
}

/** An axis of a tensor that runs over the units of a group: a tensor of [before, units, after] entries. */
interface PermutedAxis {
  readonly tensor: TensorLayout;
  readonly before: number;
  readonly after: number;
}

/**
 * Names the groups on the axes of each tensor. Undefined for an axis with a fixed order (inputs, outputs, taps of a
 * kernel).
 */
type Axes = Record<string, readonly (string | undefined)[]>;

/** The groups of an architecture, those near the input first. Throws for an architecture with unknown symmetries. */
export function permutationGroups(architecture: Architecture): PermutationGroup[] {
  const axes = axesOf(architecture);
  const { layout } = createModel(architecture);
  const places = new Map<string, { units: number; places: PermutedAxis[] }>();
  for (const tensor of layout) {
    const { name, shape } = tensor;
    const own = axes[name.replace(/\.(weight|bias)$/, "")];
    for (const [axis, group] of own.slice(0, shape.length).entries()) {
      if (group === undefined) continue;
      // The tensor that writes a group comes before those that read it, so its units are known.
      const known = places.get(group) ?? { units: shape[axis], places: [] };
      places.set(group, known);
      const before = shape.slice(0, axis).reduce((product, length) => product * length, 1);
      const total = shape.reduce((product, length) => product * length, 1);
      // A flattened image has all pixels of a channel in the place of the channel.
      known.places.push({ tensor, before, after: total / (before * known.units) });
    }
  }
  return [...places.values()];
}

/** The groups that a layer writes (its outputs, biases, norms) and reads. */
function axesOf(architecture: Architecture): Axes {
  switch (architecture.kind) {
    case "mlp":
      return chained(
        layerWidths(architecture)
          .slice(1)
          .map((_, i) => [`layer_${i}`]),
      );
    case "cnn":
      return chained([
        ...architecture.blocks.map((_, i) => [`block_${i}.conv`, `block_${i}.norm`]),
        ...architecture.dense.map((_, i) => [`dense_${i}`]),
        ["head"],
      ]);
    case "resnet": {
      const blocks = [0, 1, 2].flatMap((stage) =>
        Array.from({ length: (architecture.depth - 2) / 6 }, (_, i) => ({
          stage,
          i,
          name: `stage_${stage}.block_${i}`,
        })),
      );
      const axes: Axes = {};
      const unit = (name: string, from: string | undefined, to: string | undefined) => {
        axes[`${name}.conv`] = [to, from];
        axes[`${name}.norm`] = [to];
      };
      // Blocks that add their input to their output keep its channels. The order of channels that start as zeros is
      // fixed.
      const isFixed = architecture.residual && architecture.shortcut === "identity";
      let stream = isFixed ? undefined : "stem";
      unit("stem", undefined, stream);
      for (const { stage, i, name } of blocks) {
        const from = stream;
        if (!architecture.residual || (stage > 0 && i === 0)) stream = isFixed ? undefined : name;
        unit(`${name}.first`, from, `${name}.inner`);
        unit(`${name}.second`, `${name}.inner`, stream);
        unit(`${name}.skip`, from, stream);
      }
      axes.head = [undefined, stream];
      return axes;
    }
    case "unet":
    case "transformer":
    case "onnx":
    case "parameters":
      throw new Error(`the hidden units of a ${architecture.kind} cannot be aligned; expected an mlp, cnn or resnet`);
    default:
      return architecture satisfies never;
  }
}

/**
 * Layers (the names of the tensors of each) one after the other. Each reads what the previous one writes; the last one
 * writes outputs.
 */
function chained(layers: readonly (readonly string[])[]): Axes {
  const group = (i: number) => (i >= 0 && i < layers.length - 1 ? layers[i][0] : undefined);
  return Object.fromEntries(layers.flatMap((names, i) => names.map((name) => [name, [group(i), group(i - 1)]])));
}
