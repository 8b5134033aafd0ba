/** The script of figures in three dimensions: a button in each turns its picture into a scene that a reader turns. */
import { boxAxes } from "../figures/boxAxes.js";
import type { PageScene } from "../figures/pageData.js";
import { projector } from "../figures/projection.js";
import { html, svg } from "./dom.js";
import { type Look, orbit } from "./orbit.js";
import { geometryOf } from "./sceneGeometry.js";
import { type Camera, type Renderer, renderer } from "./webgl.js";

/** Browsers let a page have about sixteen scenes at once; of more they take the oldest away. */
const MOST_OPEN = 8;
const open: { close(): void }[] = [];

const scenes = JSON.parse(document.getElementById("scenes")?.textContent ?? "[]") as PageScene[];
for (const id of new Set(scenes.map(({ figure }) => figure))) {
  const figure = document.getElementById(id);
  if (figure)
    offer(
      figure,
      scenes.filter((scene) => scene.figure === id),
    );
}

/** The button of a figure. */
function offer(figure: HTMLElement, own: readonly PageScene[]): void {
  const button = html("button", { type: "button", class: "turn", "aria-pressed": "false" }, "Turn in 3-D");
  const tools = html("div", { class: "tools" }, button);
  figure.querySelector("svg.marks")?.before(tools);
  let viewer: { close(): void } | undefined;
  button.addEventListener("click", () => {
    if (viewer) return viewer.close();
    viewer = view(figure, tools, own, () => {
      viewer = undefined;
      button.textContent = "Turn in 3-D";
      button.setAttribute("aria-pressed", "false");
    });
    if (!viewer) {
      tools.replaceChildren(html("span", {}, "This browser has no WebGL 2; the picture stays."));
      return;
    }
    button.textContent = "Picture";
    button.setAttribute("aria-pressed", "true");
  });
}

/** Opens the scenes of a figure in its place; undefined where the browser cannot. */
function view(figure: HTMLElement, tools: HTMLElement, own: readonly PageScene[], onClose: () => void) {
  const name = figure.querySelector("svg.marks")?.getAttribute("aria-label") ?? "";
  const axes = svg("svg", { class: "axes", "aria-hidden": "true" });
  const stage = html("div", {
    class: "stage",
    tabindex: "0",
    role: "application",
    "aria-label": `${name}. Arrow keys turn it, with Shift they move it, + and − zoom, 0 goes back.`,
  });
  const reset = html("button", { type: "button" }, "Reset view");
  const choice = html("select", { "aria-label": "Panel" }, ...own.map(({ label }) => html("option", {}, label)));
  const note = html("span", {});
  let shown = own[0];
  let canvas: HTMLCanvasElement;
  let drawn: Renderer | undefined;
  const load = (scene: PageScene) => {
    drawn?.release();
    shown = scene;
    canvas = html("canvas", {});
    stage.replaceChildren(axes, canvas);
    drawn = renderer(canvas, geometryOf(scene));
    note.textContent = scene.note ?? "";
  };
  const draw = (look: Look) => {
    const camera = cameraOf(stage, shown, look);
    drawAxes(axes, shown, camera, stage.clientWidth);
    drawn?.draw(camera);
    stage.dataset.look = [look.azimuth, look.elevation, look.zoom].map((part) => part.toFixed(2)).join(" ");
  };
  load(own[0]);
  if (!drawn) return undefined;
  const controls = orbit(stage, own[0].view, draw);
  const watcher = new ResizeObserver(controls.refresh);
  figure.classList.add("turning");
  tools.after(stage);
  watcher.observe(stage);
  reset.addEventListener("click", controls.reset);
  choice.addEventListener("change", () => {
    load(own[choice.selectedIndex]);
    controls.refresh();
  });
  tools.append(reset, ...(own.length > 1 ? [choice] : []), note);
  stage.focus({ preventScroll: true });
  const viewer = {
    close() {
      watcher.disconnect();
      drawn?.release();
      open.splice(open.indexOf(viewer), 1);
      figure.classList.remove("turning");
      for (const part of [stage, reset, choice, note]) part.remove();
      onClose();
    },
  };
  open.push(viewer);
  if (open.length > MOST_OPEN) open[0].close();
  return viewer;
}

/** The whole box stays on the stage however it is turned. */
function cameraOf(stage: HTMLElement, { bottom, top }: PageScene, look: Look): Camera {
  const { clientWidth: width, clientHeight: height } = stage;
  const room = Math.min((width - 90) / 1.42, (height - 70) / Math.hypot(1.42, top - bottom));
  const scale = look.zoom * Math.max(40, room);
  const middle = projector(look)(0, 0, (bottom + top) / 2);
  return { ...look, scale, x: width / 2 + look.x - scale * middle[0], y: height / 2 + look.y - scale * middle[1] };
}

/** A canvas that only measures, with the font of the style `.axes`. */
const ruler = document.createElement("canvas").getContext("2d");
if (ruler) ruler.font = '11px "DejaVu Sans", sans-serif';
const widthOf = (text: string) => ruler?.measureText(text).width ?? 6.6 * text.length;

function drawAxes(into: SVGElement, { axes, bottom, top }: PageScene, camera: Camera, right: number): void {
  const { shapes, words } = boxAxes(
    axes,
    [bottom, top],
    projector(camera),
    ([x, y]) => [camera.x + camera.scale * x, camera.y + camera.scale * y],
    right,
    widthOf,
  );
  into.replaceChildren(
    ...shapes.map(({ path, fill = "none", stroke = "none" }) => svg("path", { d: path, fill, stroke })),
    ...words.map(({ x, y, text, align = "center" }) => {
      const anchor = { left: "start", center: "middle", right: "end" }[align];
      const made = svg("text", { x, y, "text-anchor": anchor, "dominant-baseline": "middle", fill: "#1f2430" });
      made.textContent = text;
      return made;
    }),
  );
}
