import { readFileSync } from "node:fs";
import type { SampleSource } from "../sampleSource.js";
import { type Part, partSizes } from "../splitRows.js";

export interface TextOptions {
  readonly split: Part;
  readonly testFraction: number;
  readonly validationFraction: number;
  /** The number of characters in a sample. */
  readonly length: number;
  /** The number of characters between the starts of consecutive samples. */
  readonly stride?: number;
}

/**
 * Samples of a text for a character model: the inputs are `length` characters, the targets the character after each.
 * The vocabulary is the sorted set of characters (code points) of the whole file. The part test is the end of the text;
 * the part validation comes before it. No sample crosses the boundary of its part.
 *
 * @throws Error for a file that is not UTF-8, and for a part that is too short for one sample.
 */
export function text(path: string, options: TextOptions): SampleSource {
  const { split, length, stride = length, testFraction, validationFraction } = options;
  const characters = Array.from(decode(readFileSync(path), path));
  const sizes = partSizes(characters.length, split, testFraction, validationFraction);
  const classes = [...new Set(characters)].sort((a, b) => (a.codePointAt(0) as number) - (b.codePointAt(0) as number));
  const start = { all: 0, train: 0, validation: sizes.train, test: sizes.train + sizes.validation }[split];
  const count = Math.floor((sizes[split] - length - 1) / stride) + 1;
  if (count < 1) {
    throw new Error(
      `the part ${split} of ${path} has ${sizes[split]} characters; expected ${length + 1} or more for samples of length ${length}`,
    );
  }
  const place = new Map(classes.map((character, label) => [character, label]));
  const codes = characters.map((character) => place.get(character) as number);
  const few = classes.length <= 256;
  return {
    count,
    async read(rows) {
      const inputs = new (few ? Uint8Array : Float32Array)(rows.length * length);
      const targets = new (few ? Uint8Array : Int32Array)(rows.length * length);
      for (let i = 0; i < rows.length; i++) {
        const from = start + rows[i] * stride;
        for (let k = 0; k < length; k++) {
          inputs[i * length + k] = codes[from + k];
          targets[i * length + k] = codes[from + k + 1];
        }
      }
      const shape = [length];
      return {
        task: "language",
        inputShape: shape,
        targetShape: shape,
        classes,
        inputs,
        targets,
        offset: [0],
        scale: [1],
      };
    },
  };
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`${name} is not UTF-8 text; save it as UTF-8`);
  }
}
