import type { View } from "../figures/projection.js";

/** How a reader looks at a scene. */
export interface Look extends View {
  zoom: number;
  /** Pixels that the box is moved by. */
  x: number;
  y: number;
}

/** Degrees that an arrow key turns, and pixels that it moves with Shift. */
const [TURN, MOVE] = [5, 20];
const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/**
 * Turns by dragging and with the arrow keys, moves with Shift, zooms with + and −, with the wheel once the scene has
 * the focus, and with two fingers; 0 or Home goes back to `first`.
 */
export function orbit(stage: HTMLElement, first: View, onChange: (look: Look) => void) {
  const start = (): Look => ({ ...first, zoom: 1, x: 0, y: 0 });
  let look = start();
  let waiting = false;
  const change = (changes: Partial<Look>) => {
    look = { ...look, ...changes };
    look.elevation = clamp(look.elevation, 0, 90);
    look.zoom = clamp(look.zoom, 0.4, 12);
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      onChange(look);
    });
  };
  const turn = (across: number, up: number) =>
    change({ azimuth: look.azimuth + across, elevation: look.elevation + up });
  const move = (x: number, y: number) => change({ x: look.x + x, y: look.y + y });
  const zoom = (factor: number) => change({ zoom: look.zoom * factor });

  const fingers = new Map<number, PointerEvent>();
  const spread = () => {
    const [a, b] = fingers.values();
    return b ? Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) : 0;
  };
  stage.addEventListener("pointerdown", (event) => {
    fingers.set(event.pointerId, event);
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const [x, y, wide] = [event.clientX - before.clientX, event.clientY - before.clientY, spread()];
    fingers.set(event.pointerId, event);
    if (fingers.size > 1) {
      zoom(spread() / (wide || 1));
      move(x / 2, y / 2);
    } else if (event.shiftKey || event.buttons === 2) move(x, y);
    else turn(-0.5 * x, 0.5 * y);
  });
  for (const end of ["pointerup", "pointercancel"] as const) {
    stage.addEventListener(end, (event) => fingers.delete(event.pointerId));
  }
  stage.addEventListener("contextmenu", (event) => event.preventDefault());
  stage.addEventListener(
    "wheel",
    (event) => {
      // A page that a reader scrolls past the scene goes on scrolling.
      if (document.activeElement !== stage) return;
      event.preventDefault();
      zoom(Math.exp(-0.0015 * event.deltaY));
    },
    { passive: false },
  );
  stage.addEventListener("keydown", (event) => {
    const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (arrow && event.shiftKey) move(MOVE * arrow[0], MOVE * arrow[1]);
    else if (arrow) turn(TURN * arrow[0], -TURN * arrow[1]);
    else if (event.key === "+" || event.key === "=") zoom(1.2);
    else if (event.key === "-" || event.key === "_") zoom(1 / 1.2);
    else if (event.key === "0" || event.key === "Home") change(start());
    else return;
    event.preventDefault();
  });
  return { look: () => look, reset: () => change(start()), refresh: () => change({}) };
}
