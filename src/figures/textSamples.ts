import { sampleCount } from "../data/dataset.js";
import { inputOf } from "./samplePictures.js";
import { countOf, type Label, type SamplesData, sheet } from "./sampleSheet.js";
import type { Spec } from "./theme.js";

/**
 * Characters, or other tokens, each in its own cell, so that lines can be compared. Invisible characters get a sign.
 */
export function passages({ dataset, ...text }: SamplesData): Spec {
  const { classes, inputShape } = dataset;
  const signs: Record<string, string> = { " ": "·", "\n": "↵", "\t": "→", "\r": "←" };
  const [columns, cell, line, mostLines] = [48, 9.8, 17, 20];
  const shown = Math.min(inputShape[0], 2 * columns);
  const perSample = Math.ceil(shown / columns);
  const count = Math.min(sampleCount(dataset), Math.floor(mostLines / perSample));
  const characters: Label[] = [];
  for (let row = 0; row < count; row++) {
    inputOf(dataset, row).forEach((code, i) => {
      if (i >= shown) return;
      const token = classes[code];
      const sign = signs[token];
      const y = (row * perSample + Math.floor(i / columns)) * line + line / 2 + 5 * row;
      const x = (i % columns) * cell + cell / 2;
      characters.push({ text: sign ?? token, x, y, align: "center", size: 10, quiet: sign !== undefined });
    });
  }
  const remarks = [`${countOf(dataset, "samples")} of ${inputShape[0]} characters, ${classes.length} different ones`];
  if (classes.includes(" ")) remarks.push("· is a space");
  if (shown < inputShape[0]) remarks.push(`the first ${shown} of each`);
  const height = count * (perSample * line + 5);
  return sheet(text, remarks, { width: Math.min(shown, columns) * cell, height, labels: characters });
}
