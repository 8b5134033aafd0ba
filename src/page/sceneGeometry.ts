import { levelSet, placeAt } from "../figures/levelSet.js";
import { lossPalette, type Rgb, rgb } from "../figures/lossPalette.js";
import type { PageScene } from "../figures/pageData.js";
import { decode } from "./decode.js";

/** Triangles in the box, three corners each where `corners` is absent. */
export interface Mesh {
  places: Float32Array;
  colours: Uint8Array;
  corners?: Uint32Array;
  opacity: number;
  /** Heights of lines on it. */
  isolines: readonly number[];
}

export interface Line {
  places: Float32Array;
  colour: Rgb;
  /** In pixels. */
  width: number;
  /** The width of a white rim on both sides. */
  rim: number;
}

export interface Dots {
  places: Float32Array;
  colours: Uint8Array;
  /** In pixels. */
  size: number;
}

/** What a graphics processor draws: meshes in order, opaque ones first. */
export interface Geometry {
  meshes: Mesh[];
  lines: Line[];
  dots: Dots[];
}

export function geometryOf(scene: PageScene): Geometry {
  const { surface, levels, points, lines, model } = scene;
  const palette = lossPalette(256, scene.ramp);
  const dots: Dots[] = [];
  if (points) {
    const places = decode.f32(points.places);
    dots.push({ places, colours: decode.u8(points.colours), size: places.length > 3000 ? 5 : 8 });
  }
  if (model) {
    dots.push({ places: Float32Array.from(model), colours: Uint8Array.of(255, 255, 255), size: 10 });
  }
  return {
    meshes: [
      ...(surface ? [surfaceMesh(surface, scene.top, palette)] : []),
      ...(levels ? levelMeshes(levels, palette) : []),
    ],
    lines: lines.map(({ colour, places }) => ({
      ...{ places: decode.f32(places), colour: rgb(colour) },
      ...(surface ? { width: 2.2, rim: 1 } : { width: 1.2, rim: 0 }),
    })),
    dots,
  };
}

function surfaceMesh(surface: NonNullable<PageScene["surface"]>, top: number, palette: readonly Rgb[]): Mesh {
  const [across, along, heights] = [surface.across, surface.along, surface.heights].map(decode.f32);
  const columns = across.length;
  const places = new Float32Array(3 * heights.length);
  const colours = new Uint8Array(3 * heights.length);
  const corners: number[] = [];
  for (let v = 0; v < heights.length; v++) {
    const [i, j] = [v % columns, Math.floor(v / columns)];
    places.set([across[i], along[j], heights[v]], 3 * v);
    if (!Number.isNaN(heights[v])) colours.set(palette[Math.round((255 * heights[v]) / top)], 3 * v);
    const [a, b, c, d] = [v, v + 1, v + columns + 1, v + columns];
    const isCell = i + 1 < columns && j + 1 < along.length;
    if (isCell && ![a, b, c, d].some((at) => Number.isNaN(heights[at]))) corners.push(a, b, c, a, c, d);
  }
  // A graphics processor may take the whole triangle away for one corner that is no number.
  for (let k = 0; k < places.length; k++) if (Number.isNaN(places[k])) places[k] = 0;
  return { places, colours, corners: Uint32Array.from(corners), opacity: 1, isolines: surface.isolines };
}

/** The level sets from low to high, which mostly lie within each other: the lowest opaque, higher ones transparent. */
function levelMeshes(levels: NonNullable<PageScene["levels"]>, palette: readonly Rgb[]): Mesh[] {
  const places = levels.places.map((text) => Float64Array.from(decode.f32(text)));
  const field = { f: Float64Array.from(decode.f32(levels.heights)), counts: places.map(({ length }) => length) };
  return levels.at.map((level, k) => {
    const corners = levelSet(field, level).flat();
    const colour = palette[Math.round(225 * Math.min(1, Math.max(0, level)))];
    const colours = new Uint8Array(3 * corners.length);
    for (let c = 0; c < corners.length; c++) colours.set(colour, 3 * c);
    return {
      places: Float32Array.from(corners.flatMap((corner) => placeAt(places, corner))),
      ...{ colours, opacity: k === 0 ? 1 : 0.95 * 0.45 ** k, isolines: [] },
    };
  });
}
