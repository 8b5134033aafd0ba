import type { PageData } from "./pageData.js";
import { escapeHtml } from "./pageHtml.js";

/** The axis of a matrix that a slider runs through, such as the epochs of a training, and its values in order. */
export interface PageFilm {
  axis: string;
  values: readonly string[];
}

/** What stays in sight: the threshold for landscapes, and the slider over frames. The script shows them. */
export function controlsHtml(data: PageData | undefined, film: PageFilm | undefined): string {
  const parts = [data && data.landscapes.length > 0 && thresholdHtml(data), film && playerHtml(film)].filter(Boolean);
  return parts.length > 0 ? `<div class="controls">\n${parts.join("\n")}\n</div>` : "";
}

function thresholdHtml({ thresholds }: PageData): string {
  const [first = 0] = thresholds;
  const marks = thresholds.map((threshold) => `<option value="${100 * threshold}"></option>`).join("");
  return `<form class="threshold" id="threshold" hidden>
<label for="threshold-slider">Hide features shorter than</label>
<input id="threshold-slider" type="range" min="0" max="1000" step="1" value="0" aria-describedby="threshold-counts">
<span><input id="threshold-number" type="number" min="0" max="100" step="any" value="${100 * first}" list="threshold-marks" aria-label="Threshold in percent of the loss range"> %</span>
<span>of the loss range</span>
<button type="reset">Reset</button>
<datalist id="threshold-marks">${marks}</datalist>
<output id="threshold-counts" aria-live="polite"></output>
<span class="key"><i>minimum</i><i>saddle</i></span>
</form>`;
}

function playerHtml({ axis, values }: PageFilm): string {
  const name = escapeHtml(axis);
  const options = values.map((value) => `<option>${escapeHtml(value)}</option>`).join("");
  return `<form class="player" id="player" hidden>
<label for="player-slider">${name}</label>
<input id="player-slider" type="range" min="0" max="${values.length - 1}" step="1" value="0">
<select id="player-value" aria-label="${name}">${options}</select>
<button type="button" id="player-play" aria-pressed="false">Play</button>
</form>`;
}
