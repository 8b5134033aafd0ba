import { inputSize, sampleCount } from "../data/dataset.js";
import { formatNumber } from "./numbers.js";
import { inputOf, targetOf } from "./samplePictures.js";
import { countOf, type Label, type SamplesData, sheet, short } from "./sampleSheet.js";
import type { Spec } from "./theme.js";

/** The first rows as a table: features, then targets. */
export function rows({ dataset, ...text }: SamplesData): Spec {
  const { classes, inputShape } = dataset;
  const [across, line] = [82, 19];
  const features = Math.min(inputSize(dataset), 6);
  const values = targetOf(dataset, 0).length;
  const targets = Math.min(values, 2);
  const count = Math.min(sampleCount(dataset), 14);
  const columns = features + targets;
  const heads = [
    ...Array.from({ length: features }, (_, k) => `feature ${k + 1}`),
    ...Array.from({ length: targets }, (_, k) => (values === 1 ? "target" : `target ${k + 1}`)),
  ];
  const cell = (word: string, row: number, column: number, rest: Partial<Label> = {}): Label => ({
    text: word,
    x: (column + 1) * across,
    y: row * line + line / 2,
    align: "right",
    ...rest,
  });
  const labels = heads.map((head, column) => cell(head, 0, column, { quiet: true }));
  for (let row = 0; row < count; row++) {
    const target = targetOf(dataset, row);
    const words = [
      ...Array.from(inputOf(dataset, row).subarray(0, features), formatNumber),
      ...Array.from(target.subarray(0, targets), (value) =>
        classes.length > 0 ? short(classes[value], 9) : formatNumber(value),
      ),
    ];
    words.forEach((word, column) => {
      labels.push(cell(word, row + 1, column, { bold: column >= features }));
    });
  }
  const remarks = [`the first ${count} of ${countOf(dataset, "samples")}`];
  if (features < inputSize(dataset)) remarks.push(`${features} of ${inputShape.join(" × ")} features`);
  if (targets < values) remarks.push(`${targets} of ${values} targets`);
  return sheet(text, remarks, { width: columns * across, height: (count + 1) * line, labels });
}
