/** Pixels by which an outline may differ from the drawn one, and the tenth of a pixel to which places are rounded. */
const [TOLERANCE, TENTH] = [0.2, 10];

/**
 * The SVG of a figure with fewer bytes and elements for a page: outlines without points that nobody sees, in steps from
 * point to point, circles as circles, nothing that holds anyway, and what all marks of a group share said once.
 */
export function leanSvg(svg: string): string {
  const short = svg.replace(/<[^>]*>/g, (tag) =>
    tag
      .replace(/ d="(M[-\d.,ML]*Z?)"/g, (_, path) => ` d="${leanPath(path)}"`)
      .replace(/ (transform|x2|y2|x|y|width|height|d)="[^"]*"/g, (attribute) =>
        attribute
          .replace(/(\d+\.\d{2})\d+/g, "$1")
          .replace(/(\.\d*?)0+(?=[^\d]|$)/g, (_, digits) => (digits === "." ? "" : digits)),
      )
      .replace(
        / opacity="1"| fill-opacity="1"| stroke-dasharray="1,0"| font-family="DejaVu Sans, sans-serif"| [xy]2="0"/g,
        "",
      )
      .replace(/ style="image-rendering: ?pixelated;?"/, ' image-rendering="pixelated"')
      .replace(
        /^<path([^>]*) d="M([\d.]+),0A\2,\2,0,1,1,-\2,0A\2,\2,0,1,1,\2,0"/,
        (_, rest, radius) => `<circle${rest} r="${radius}"`,
      ),
  );
  return short.replace(
    /(<g class="mark-[^"]*"[^>]*)>((?:<(?:path|line|circle)\b[^>]*\/>){2,})<\/g>/g,
    (_, head: string, marks: string) => {
      const [first] = /^<[^>]*>/.exec(marks) ?? [""];
      const all = marks.match(/<[^>]*>/g) ?? [];
      // The colour of marks other than lines distinguishes them, for styles and for tests of pages.
      const names = all.every((mark) => mark.startsWith("<line")) ? strokes : strokesOfShapes;
      const shared = (first.match(names) ?? []).filter((attribute) => all.every((mark) => mark.includes(attribute)));
      return `${head}${shared.join("")}>${shared.reduce((text, attribute) => text.replaceAll(attribute, ""), marks)}</g>`;
    },
  );
}

const strokesOfShapes = / stroke-(?:width|linejoin|linecap)="[^"]*"/g;
const strokes = / stroke(?:-width|-linejoin|-linecap)?="[^"]*"/g;

type Point = readonly [x: number, y: number];

/** A path of straight lines, M and L with absolute places, in relative steps. */
function leanPath(path: string): string {
  return path
    .split("M")
    .slice(1)
    .map((part) => {
      const isClosed = part.endsWith("Z");
      const numbers = (part.match(/-?[\d.]+/g) ?? []).map(Number);
      const points = Array.from({ length: numbers.length >> 1 }, (_, k): Point => [numbers[2 * k], numbers[2 * k + 1]]);
      return stepsOf(points.length > 4 ? withoutUnseen(points) : points) + (isClosed ? "z" : "");
    })
    .join("");
}

/** Tenths of a pixel, as differences of rounded places, so that no rounding adds up. */
function stepsOf(points: readonly Point[]): string {
  const places = points.map((point) => point.map((at) => Math.round(TENTH * at)));
  let text = "";
  for (const [k, [x, y]] of places.entries()) {
    const [fromX, fromY] = k > 0 ? places[k - 1] : [0, 0];
    const [across, down] = [(x - fromX) / TENTH, (y - fromY) / TENTH].map((step) =>
      String(step).replace(/^(-?)0\./, "$1."),
    );
    text += `${k === 0 ? "M" : k === 1 ? "l" : across.startsWith("-") ? "" : " "}${across}${down.startsWith("-") ? "" : " "}${down}`;
  }
  return text;
}

/** The points of a line from which it departs visibly (Douglas and Peucker 1973). */
function withoutUnseen(points: readonly Point[]): Point[] {
  const kept = new Uint8Array(points.length);
  kept[0] = kept[points.length - 1] = 1;
  const open: [number, number][] = [[0, points.length - 1]];
  for (let span = open.pop(); span; span = open.pop()) {
    const [from, to] = span;
    let [far, at] = [TOLERANCE, -1];
    for (let k = from + 1; k < to; k++) {
      const distance = distanceTo(points[k], points[from], points[to]);
      if (distance > far) [far, at] = [distance, k];
    }
    if (at < 0) continue;
    kept[at] = 1;
    open.push([from, at], [at, to]);
  }
  return points.filter((_, k) => kept[k] === 1);
}

/** From a point to the piece of a line between two others. */
function distanceTo([x, y]: Point, [x0, y0]: Point, [x1, y1]: Point): number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const square = dx * dx + dy * dy;
  const t = square === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / square));
  return Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
}
