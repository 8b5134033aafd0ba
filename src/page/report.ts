/** The script of a report's page: everything that a reader can do there. The page is whole without it. */
import type { PageData } from "../figures/pageData.js";
import { unfoldNumbers } from "./behind.js";
import { landscapeOf } from "./landscape.js";
import { linkFigures } from "./linking.js";
import { playFilms } from "./player.js";
import { exploreTables } from "./tables.js";
import { threshold } from "./threshold.js";
import { viewOf } from "./view.js";

document.documentElement.classList.add("scripted");
exploreTables();
unfoldNumbers();
const text = document.getElementById("cirque")?.textContent;
if (text && document.getElementById("threshold")) {
  const data = JSON.parse(text) as PageData;
  const landscapes = data.landscapes.map(landscapeOf);
  const views = data.figures.flatMap((link) => viewOf(link, landscapes[link.landscape]) ?? []);
  const chosen = threshold(landscapes, views, data.thresholds[0] ?? 0);
  linkFigures(views, chosen);
  playFilms(views, chosen.draw);
} else playFilms([], () => {});
document.documentElement.dataset.ready = "";
