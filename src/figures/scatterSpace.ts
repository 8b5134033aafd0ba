import { lossPalette, type Rgb, rgb } from "./lossPalette.js";
import { type LossScale, scaleFraction } from "./lossScale.js";
import { classColour } from "./samplePictures.js";
import { type ScatterData, type ScatterMap, scatterScale, trajectoriesOf } from "./scatter.js";
import { colours, lossColours } from "./theme.js";

/** A map with three dimensions in its box. All axes have one scale. */
export interface ScatterSpace {
  label: string;
  /** The scale of each axis. */
  scales: LossScale[];
  /** Three coordinates a point, from −½ to ½, and three bytes of colour. */
  places: Float32Array;
  colours: Uint8Array;
  lines: { colour: string; places: Float32Array }[];
  /** All points that have a place, of which `places` holds every so many. */
  count: number;
  every: number;
}

/** The most points that a page turns. */
const mostPoints = 30_000;

/** The maps with three dimensions, coloured as in their figure. */
export function scatterSpaces(data: ScatterData): ScatterSpace[] {
  const scale = scatterScale(data);
  const palette = lossPalette(256, data.ramp ?? lossColours);
  return data.maps.filter(({ dimensions }) => dimensions === 3).map((map) => spaceOf(map, scale, palette));
}

function spaceOf(map: ScatterMap, scale: LossScale | undefined, palette: readonly Rgb[]): ScatterSpace {
  const { coordinates, loss, group } = map;
  const at = (i: number, k: number) => coordinates[3 * i + k];
  const known = Array.from({ length: loss.length }, (_, i) => i).filter((i) =>
    [0, 1, 2].every((k) => Number.isFinite(at(i, k))),
  );
  const ends = [0, 1, 2].map((k) =>
    known.reduce<[number, number]>(
      ([low, high], i) => [Math.min(low, at(i, k)), Math.max(high, at(i, k))],
      [Infinity, -Infinity],
    ),
  );
  const half = Math.max(...ends.map(([low, high]) => high / 2 - low / 2)) || 1;
  const scales = ends.map(([low, high]): LossScale => {
    const middle = known.length === 0 ? 0 : low / 2 + high / 2;
    return { type: "linear", domain: [middle - half, middle + half] };
  });
  const place = (i: number) => scales.map((axis, k) => 0.94 * (scaleFraction(axis, at(i, k)) - 0.5));
  const colourOf = (i: number): Rgb => {
    if (scale === undefined) return rgb(classColour(group[i]));
    if (!Number.isFinite(loss[i])) return rgb(colours.notFinite);
    return palette[Math.round(255 * Math.min(1, Math.max(0, scaleFraction(scale, loss[i]))))];
  };
  const every = Math.ceil(known.length / mostPoints) || 1;
  const drawn = known.filter((_, k) => k % every === 0);
  return {
    ...{ label: map.label, scales, every, count: known.length },
    places: Float32Array.from(drawn.flatMap(place)),
    colours: Uint8Array.from(drawn.flatMap(colourOf)),
    lines: trajectoriesOf(known, map.trajectory, map.epoch).map((own) => ({
      colour: scale ? colours.quiet : classColour(group[own[0]]),
      places: Float32Array.from(own.flatMap(place)),
    })),
  };
}
