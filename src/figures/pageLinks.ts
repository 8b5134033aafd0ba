import type { PageData } from "./pageData.js";

/** The controls of the one threshold; the script shows them. */
export function thresholdHtml({ thresholds }: PageData): string {
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
</form>`;
}
