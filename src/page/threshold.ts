import { formatNumber } from "../figures/numbers.js";
import { type Landscape, type Simplified, simplifiedAt } from "./landscape.js";
import { shows } from "./shows.js";
import type { View } from "./view.js";

/** The slider goes from 0 over 0.01 % to 100 %, evenly in decades. */
const STEPS = 1000;
const DECADES = 4;
const fractionOf = (step: number) => (step <= 0 ? 0 : 10 ** (DECADES * (step / STEPS - 1)));
const stepOf = (fraction: number) =>
  fraction <= 0 ? 0 : Math.max(1, Math.round(STEPS * (1 + Math.log10(fraction) / DECADES)));

/** The one threshold of the page. */
export interface Threshold {
  fraction(): number;
  /** Called after every change, with the figures that show it. */
  onChange(listener: (changed: readonly View[]) => void): void;
  /** Brings figures up to the threshold that are about to show. */
  draw(views: Iterable<View>): void;
}

/**
 * Connects the controls with the figures. Those on the screen follow at once, the others when they come into view, and
 * all of them before the page is printed.
 */
export function threshold(landscapes: readonly Landscape[], views: readonly View[], first: number): Threshold {
  const form = document.querySelector<HTMLFormElement>("#threshold");
  const slider = document.querySelector<HTMLInputElement>("#threshold-slider");
  const number = document.querySelector<HTMLInputElement>("#threshold-number");
  const counts = document.querySelector<HTMLOutputElement>("#threshold-counts");
  if (!form || !slider || !number || !counts) throw new Error("the page lacks its threshold");
  let fraction = first;
  const shown = new Map<View, number>();
  const inView = new Set<View>();
  const listeners: ((changed: readonly View[]) => void)[] = [];

  const draw = (wanted: Iterable<View>) => {
    const changed = [...wanted].filter((view) => shown.get(view) !== fraction);
    for (const view of changed) {
      shows[view.link.plot]?.(view, simplifiedAt(view.landscape, fraction));
      shown.set(view, fraction);
    }
    for (const listener of listeners) listener(changed);
  };
  const small = thumbnailCounts(views);
  const tell = () => {
    const all = landscapes.map((landscape) => simplifiedAt(landscape, fraction));
    const one = (k: number) => `${minimaAt(landscapes[k], fraction)}, ${saddlesIn(all[k])}`;
    for (const { element, landscape } of small) {
      const text = minimaAt(landscape, fraction);
      if (element.textContent !== text) element.textContent = text;
    }
    const total = (of: "minima" | "saddles") => all.reduce((sum, each) => sum + each[of], 0);
    counts.textContent =
      landscapes.length <= 4
        ? landscapes.map(({ label }, k) => `${landscapes.length > 1 ? `${label}: ` : ""}${one(k)}`).join("; ")
        : `${formatNumber(total("minima"))} minima, ${saddlesIn({ saddles: total("saddles") })} in ${landscapes.length} landscapes`;
  };
  let waiting = false;
  const set = (wanted: number, from?: HTMLElement) => {
    fraction = Math.min(1, Math.max(0, wanted));
    if (from !== slider) slider.value = String(stepOf(fraction));
    if (from !== number) number.value = String(Number((100 * fraction).toPrecision(4)));
    slider.setAttribute("aria-valuetext", `${Number((100 * fraction).toPrecision(3))} percent of the loss range`);
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      performance.mark("cirque-frame");
      tell();
      draw(inView);
      performance.measure("cirque-threshold", "cirque-frame");
    });
  };
  slider.addEventListener("input", () => set(fractionOf(slider.valueAsNumber), slider));
  number.addEventListener("input", () => {
    if (Number.isFinite(number.valueAsNumber)) set(number.valueAsNumber / 100, number);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    set(first);
  });
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        for (const view of views.filter(({ figure }) => figure === target)) {
          if (isIntersecting) inView.add(view);
          else inView.delete(view);
        }
      }
      draw(inView);
    },
    { rootMargin: "25%" },
  );
  for (const { figure } of views) observer.observe(figure);
  addEventListener("beforeprint", () => draw(views));
  form.hidden = false;
  set(first);
  return { fraction: () => fraction, onChange: (listener) => listeners.push(listener), draw };
}

/** `12 minima`, or what a thinned page knows of them. */
function minimaAt(landscape: Landscape, fraction: number): string {
  const { minima, isExact } = simplifiedAt(landscape, fraction);
  const isSub = landscape.nodes.direction === "sublevel";
  const words = isSub ? (minima === 1 ? "minimum" : "minima") : minima === 1 ? "maximum" : "maxima";
  return `${isExact ? "" : "at least "}${minima} ${words}`;
}

const saddlesIn = ({ saddles }: Pick<Simplified, "saddles">) =>
  `${formatNumber(saddles)} ${saddles === 1 ? "saddle" : "saddles"}`;

/** The places below small pictures that say what is left of their landscape. */
function thumbnailCounts(views: readonly View[]): { element: Element; landscape: Landscape }[] {
  return [...document.querySelectorAll<HTMLElement>(".thumbnails .count")].flatMap((element) => {
    const view = views.find(({ link }) => link.id === element.dataset.of);
    return view ? [{ element, landscape: view.landscape }] : [];
  });
}
