import type { View } from "./view.js";

/** How long a frame stays while the film plays, in milliseconds. */
const FRAME = 900;

/**
 * Connects the slider over training with the frames of all films: one frame of each shows at a time. `draw` brings
 * figures that appear up to the threshold. A reader who asked for less motion has the slider, but nothing that plays.
 */
export function playFilms(views: readonly View[], draw: (views: readonly View[]) => void): void {
  const form = document.querySelector<HTMLFormElement>("#player");
  const slider = document.querySelector<HTMLInputElement>("#player-slider");
  const select = document.querySelector<HTMLSelectElement>("#player-value");
  const play = document.querySelector<HTMLButtonElement>("#player-play");
  if (!form || !slider || !select || !play) return;
  const frames = [...document.querySelectorAll<HTMLElement>(".film > figure[data-frame]")];
  const last = select.options.length - 1;
  const films = [...new Set(frames.map((frame) => frame.parentElement as HTMLElement))];

  const show = (place: number) => {
    slider.value = String(place);
    slider.setAttribute("aria-valuetext", select.options[place].text);
    select.selectedIndex = place;
    for (const film of films) {
      const own = frames.filter((frame) => frame.parentElement === film);
      // A film that lacks the frame, because its step failed, keeps the one before it.
      const now = own.filter((frame) => Number(frame.dataset.frame) <= place).at(-1) ?? own[0];
      for (const frame of own) frame.classList.toggle("now", frame === now);
    }
    draw(views.filter(({ figure }) => figure.classList.contains("now")));
  };
  let timer: number | undefined;
  const stop = () => {
    window.clearInterval(timer);
    timer = undefined;
    play.textContent = "Play";
    play.setAttribute("aria-pressed", "false");
  };
  const step = () => {
    const next = slider.valueAsNumber + 1;
    show(next);
    if (next === last) stop();
  };
  play.addEventListener("click", () => {
    if (timer !== undefined) return stop();
    play.textContent = "Pause";
    play.setAttribute("aria-pressed", "true");
    if (slider.valueAsNumber === last) show(0);
    timer = window.setInterval(step, FRAME);
  });
  slider.addEventListener("input", () => {
    stop();
    show(slider.valueAsNumber);
  });
  select.addEventListener("change", () => {
    stop();
    show(select.selectedIndex);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  // A link to a figure that is a hidden frame.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href^='#']") : null;
    const target = frames.find(({ id }) => link?.getAttribute("href") === `#${id}`);
    if (target) show(Number(target.dataset.frame));
  });
  play.hidden = matchMedia("(prefers-reduced-motion: reduce)").matches;
  form.hidden = false;
  show(last);
}
