/** A dot with a label; x and y in pixels, y downwards. */
interface Dot {
  x: number;
  y: number;
  label: string;
}

/**
 * Where a label is written: `x`, `y` is its anchor, which lies at its left or right end or in its middle; y is the
 * middle of the line.
 */
export interface PlacedLabel {
  x: number;
  y: number;
  align: "left" | "right" | "center";
  text: string;
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Pixels from a dot to its label, the radius of the dot within it. */
const RADIUS = 5;

/** About how long a text is, in font sizes, taking each letter to be as wide as a digit. */
export function textLength(text: string): number {
  return 0.65 * [...text].length;
}

/**
 * Labels beside their dots, such that no label covers a dot, another label or the edge of the plot: to the right where
 * there is room, else to the left, above or below. In the order of the dots; a label without room is left out.
 */
export function placeLabels(dots: readonly Dot[], width: number, height: number, fontSize: number): PlacedLabel[] {
  const taken: Box[] = dots.map(({ x, y }) => ({
    left: x - RADIUS,
    right: x + RADIUS,
    top: y - RADIUS,
    bottom: y + RADIUS,
  }));
  const placed: PlacedLabel[] = [];
  dots.forEach(({ x, y, label }, dot) => {
    const length = textLength(label) * fontSize;
    const step = RADIUS + 1;
    const lift = step + fontSize / 2;
    const places: Omit<PlacedLabel, "text">[] = [
      { x: x + step, y, align: "left" },
      { x: x - step, y, align: "right" },
      { x, y: y - lift, align: "center" },
      { x, y: y + lift, align: "center" },
      { x: x + 2, y: y - lift, align: "left" },
      { x: x + 2, y: y + lift, align: "left" },
      { x: x - 2, y: y - lift, align: "right" },
      { x: x - 2, y: y + lift, align: "right" },
    ];
    for (const place of places) {
      const left = place.x - { left: 0, center: 0.5, right: 1 }[place.align] * length;
      const box = { left, right: left + length, top: place.y - fontSize / 2, bottom: place.y + fontSize / 2 };
      if (box.left < 0 || box.right > width || box.top < 0 || box.bottom > height) continue;
      if (taken.some((other, i) => i !== dot && overlap(box, other))) continue;
      taken.push(box);
      placed.push({ ...place, text: label });
      return;
    }
  });
  return placed;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
