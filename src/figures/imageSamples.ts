import { type Dataset, sampleCount } from "../data/dataset.js";
import { keyLegend } from "./axes.js";
import { formatNumber } from "./numbers.js";
import { imagePicture, labelPicture, segmentColour, targetOf } from "./samplePictures.js";
import { countOf, type Label, type Picture, type SamplesData, sheet, short } from "./sampleSheet.js";
import { colours, type Spec } from "./theme.js";

/** The first rows of each label, at most `most` of each. */
function rowsByClass({ targets, classes }: Dataset, most: number): number[][] {
  const found: number[][] = classes.map(() => []);
  targets.forEach((label, row) => {
    if (found[label].length < most) found[label].push(row);
  });
  return found;
}

const CLASS_ROWS = 12;

/**
 * The side at which images of this many pixels are drawn, near the requested one. Small images are enlarged so that a
 * pixel fills whole pixels of the PNG, which has two per unit; large ones are reduced and smoothed.
 */
function cellFor(wanted: number, pixels: number): { cell: number; smooth: boolean } {
  const smooth = pixels >= 2 * wanted;
  return { cell: smooth ? wanted : (pixels * Math.round((2 * wanted) / pixels)) / 2, smooth };
}

/** Up to 12 classes: one row each. More: one image per class with its name below. */
export function imagesByClass({ dataset, ...text }: SamplesData): Spec {
  const { classes, inputShape } = dataset;
  const size = `${inputShape[2]} × ${inputShape[1]} pixels`;
  if (classes.length <= CLASS_ROWS) {
    const [gap, columns] = [4, 8];
    const { cell, smooth } = cellFor(classes.length > 6 ? 36 : 44, inputShape[2]);
    const found = rowsByClass(dataset, columns);
    const pictures = found.flatMap((own, label) =>
      own.map((row, i) => ({ url: imagePicture(dataset, row), x: i * (cell + gap), y: label * (cell + gap) })),
    );
    const labels = classes.map(
      (name, label): Label => ({ text: short(name, 20), x: -8, y: label * (cell + gap) + cell / 2, align: "right" }),
    );
    const remarks = [`${countOf(dataset, "images")} of ${size}, by class`];
    const missing = found.filter((own) => own.length === 0).length;
    if (missing > 0) remarks.push(`${missing} ${missing === 1 ? "class" : "classes"} without a sample`);
    const width = columns * (cell + gap) - gap;
    return sheet(text, remarks, { width, height: classes.length * (cell + gap) - gap, cell, smooth, pictures, labels });
  }
  const [columns, lines] = [8, 7];
  const { cell, smooth } = cellFor(48, inputShape[2]);
  const [across, down] = [Math.max(cell, 48) + 14, cell + 20];
  const first = rowsByClass(dataset, 1)
    .flat()
    .slice(0, columns * lines);
  const place = (i: number) => ({ x: (i % columns) * across, y: Math.floor(i / columns) * down });
  const pictures = first.map((row, i) => ({ url: imagePicture(dataset, row), ...place(i) }));
  const labels = first.map((row, i): Label => {
    const { x, y } = place(i);
    return {
      text: short(classes[dataset.targets[row]], 9),
      x: x + cell / 2,
      y: y + cell + 8,
      align: "center",
      quiet: true,
    };
  });
  const remarks = [
    `${countOf(dataset, "images")} of ${size}`,
    `one of each of ${first.length} of ${classes.length} classes`,
  ];
  const height = Math.ceil(first.length / columns) * down;
  return sheet(text, remarks, { width: columns * across - 14, height, cell, smooth, pictures, labels });
}

/** Images whose targets are numbers, in order, with the numbers below. */
export function imagesInOrder({ dataset, ...text }: SamplesData): Spec {
  const columns = 8;
  const { cell, smooth } = cellFor(48, dataset.inputShape[2]);
  const [across, down] = [Math.max(cell, 48) + 14, cell + 20];
  const shown = Array.from({ length: Math.min(sampleCount(dataset), 6 * columns) }, (_, row) => row);
  const place = (i: number) => ({ x: (i % columns) * across, y: Math.floor(i / columns) * down });
  const pictures = shown.map((row) => ({ url: imagePicture(dataset, row), ...place(row) }));
  const labels = shown.map((row): Label => {
    const { x, y } = place(row);
    return {
      text: formatNumber(targetOf(dataset, row)[0]),
      x: x + cell / 2,
      y: y + cell + 8,
      align: "center",
      quiet: true,
    };
  });
  const height = Math.ceil(shown.length / columns) * down;
  const remarks = [countOf(dataset, "images with their targets")];
  return sheet(text, remarks, { width: columns * across - 14, height, cell, smooth, pictures, labels });
}

/** Pairs of an image and its labels. */
export function segments({ dataset, ...text }: SamplesData): Spec {
  const { classes, inputShape } = dataset;
  const [, height, width] = inputShape;
  const [gap, pairs] = [16, 3];
  const { cell, smooth } = cellFor(76, width);
  const palette = classes.map((_, label) => segmentColour(classes.length, label));
  const shown = Array.from({ length: Math.min(sampleCount(dataset), 4 * pairs) }, (_, row) => row);
  const pictures = shown.flatMap((row): Picture[] => {
    const [x, y] = [(row % pairs) * (2 * cell + 2 + gap), Math.floor(row / pairs) * (cell + gap / 2)];
    return [
      { url: imagePicture(dataset, row), x, y },
      { url: labelPicture(targetOf(dataset, row), height, width, palette), x: x + cell + 2, y },
    ];
  });
  const legend = keyLegend(
    classes.map((label, i) => ({ label, shape: "square", fill: palette[i], stroke: colours.line })).slice(0, 12),
    text.size?.width,
  );
  const remarks = [`${countOf(dataset, "images")} of ${width} × ${height} pixels beside their labels`];
  const lines = Math.ceil(shown.length / pairs);
  const across = Math.min(pairs, shown.length) * (2 * cell + 2 + gap) - gap;
  return {
    ...sheet(text, remarks, { width: across, height: lines * (cell + gap / 2) - gap / 2, cell, smooth, pictures }),
    ...legend,
  };
}
