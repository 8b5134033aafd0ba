import { type Dataset, sampleCount, targetSize } from "../data/dataset.js";
import { keyLegend } from "./axes.js";
import { imagePicture, labelPicture, segmentColour, targetOf } from "./samplePictures.js";
import { type Label, type Picture, sheet } from "./sampleSheet.js";
import { colours, type FigureText, type Spec } from "./theme.js";

/** Images and their segmentation. */
export interface SegmentationData extends FigureText {
  dataset: Dataset;
  /** [N × pixels]: the predicted labels; −1 for none. */
  prediction: Int32Array;
}

const mostRows = 6;
const mostKeys = 12;
const headings = ["image", "target", "prediction", "right"];
const [cell, gap, room] = [98, 8, 22];
const shareWidth = 46;

/**
 * The first images, each in a row with the labels of its pixels, the predicted labels, and the share of correct pixels.
 */
export function segmentation(data: SegmentationData): Spec {
  const { dataset, prediction } = data;
  const [, height, width] = dataset.inputShape;
  const { classes } = dataset;
  const palette = classes.map((_, label) => segmentColour(classes.length, label));
  const places = targetSize(dataset);
  const count = Math.min(sampleCount(dataset), mostRows);
  const maps = (labels: ArrayLike<number>) =>
    labelPicture(
      Array.from(labels, (label) => (label < 0 ? classes.length : label)),
      height,
      width,
      [...palette, colours.notFinite],
    );
  const rowHeight = Math.round((cell * height) / width);
  const top = (row: number) => room + row * (rowHeight + gap);
  let missing = 0;
  const pictures: Picture[] = [];
  const labels: Label[] = headings.map((text, k) => ({
    text,
    x: k * (cell + gap) + (k < 3 ? cell / 2 : shareWidth / 2),
    y: room - 10,
    align: "center",
  }));
  for (let row = 0; row < count; row++) {
    const target = targetOf(dataset, row);
    const predicted = prediction.subarray(row * places, (row + 1) * places);
    const urls = [imagePicture(dataset, row), maps(target), maps(predicted)];
    pictures.push(...urls.map((url, k) => ({ url, x: k * (cell + gap), y: top(row) })));
    const right = predicted.reduce((sum, label, i) => sum + Number(label === target[i]), 0);
    missing += predicted.reduce((sum, label) => sum + Number(label < 0), 0);
    const text = `${((100 * right) / places).toFixed(1)} %`;
    labels.push({ text, x: 3 * (cell + gap) + shareWidth, y: top(row) + rowHeight / 2, align: "right" });
  }
  const keys = classes.map((label, k) => ({ label, shape: "square", fill: palette[k], stroke: colours.line }));
  const none = { label: "no prediction", shape: "square", fill: colours.notFinite, stroke: colours.line };
  const legend = keyLegend([...keys.slice(0, mostKeys), ...(missing > 0 ? [none] : [])], data.size?.width);
  const remarks = [`the first ${count} of ${sampleCount(dataset)} images`];
  if (classes.length > mostKeys) remarks.push(`${classes.length} classes, ${mostKeys} named`);
  const size = { width: 3 * (cell + gap) + shareWidth, height: top(count) - gap };
  return {
    ...sheet(data, remarks, { ...size, cell, cellHeight: rowHeight, pictures, labels }),
    scales: legend.scales,
    legends: legend.legends,
  };
}
