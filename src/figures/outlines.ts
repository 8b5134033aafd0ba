/** An outline in pixels of the plot, as an SVG path. */
export interface Shape {
  path: string;
  fill?: string;
  stroke?: string;
  strokeWidth?: number;
  opacity?: number;
  dash?: number[];
  /** The vertex that the shape belongs to, by which pages link marks. */
  vertex?: number;
}

/** A line of text at a position in pixels of the plot. */
export interface Word {
  x: number;
  y: number;
  text: string;
  align?: "left" | "center" | "right";
  size?: number;
  fill?: string;
}

/** A number of pixels, rounded to the hundredth. */
export const pixel = (x: number) => String(Math.round(100 * x) / 100);

export const rectangle = (x: number, y: number, width: number, height: number) =>
  `M${pixel(x)},${pixel(y)}h${pixel(width)}v${pixel(height)}h${pixel(-width)}Z`;

export const circle = (x: number, y: number, radius: number) =>
  `M${pixel(x - radius)},${pixel(y)}a${radius},${radius},0,1,0,${2 * radius},0a${radius},${radius},0,1,0,${-2 * radius},0Z`;

/** A polygon, or with `open` a line, through points. */
export const polygon = (points: readonly (readonly [number, number])[], open = false) =>
  `M${points.map(([x, y]) => `${pixel(x)},${pixel(y)}`).join("L")}${open ? "" : "Z"}`;
