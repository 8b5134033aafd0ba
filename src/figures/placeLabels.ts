/** A dot with a label; x and y in pixels, y downwards. */
interface Dot {
  x: number;
  y: number;
  label: string;
  /** In pixels. Default: 5. */
  radius?: number;
}

/**
 * The position of a label: `x`, `y` is its anchor, at its left or right end or in its middle; y is the middle of the
 * line.
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

/** Pixels from the centre of a dot to its label, including the radius of the dot. */
const RADIUS = 5;

/** The approximate length of a text, in font sizes, with each letter as wide as a digit. */
export function textLength(text: string): number {
  return 0.65 * [...text].length;
}

/**
 * Places labels beside their dots, so that no label covers a dot, another label or the edge of the plot: to the right
 * if there is room, otherwise to the left, above or below. Dots are handled in order; a label without room is left out.
 */
export function placeLabels(dots: readonly Dot[], width: number, height: number, fontSize: number): PlacedLabel[] {
  const taken: Box[] = dots.map(({ x, y, radius = RADIUS }) => ({
    left: x - radius,
    right: x + radius,
    top: y - radius,
    bottom: y + radius,
  }));
  const placed: PlacedLabel[] = [];
  dots.forEach(({ x, y, label, radius = RADIUS }, dot) => {
    const length = textLength(label) * fontSize;
    const step = radius + 1;
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
