import { colours } from "./theme.js";

const across = Array.from({ length: 64 }, (_, i) => `.across${i + 1} { --across: ${i + 1}; }`).join("\n");

/** The neutral colours of figures on a dark page; colours that stand for numbers and groups stay. */
const dark = `
  --page: #14171d; --text: #e6e8ee; --quiet: #a7aebb; --line: #343a47; --strong: #6b7383; --soft: #1d222b;
  --link: #8ab8e6; --warn: #2f2516; --figure: #14171d;`;
const darkFigures = `
:is(.marks, .axes) text[fill="${colours.text}"] { fill: #e6e8ee; }
.marks text[fill="${colours.quiet}"] { fill: #a7aebb; }
.marks :is(line, g)[stroke="${colours.line}"], :is(.marks, .axes) path[stroke="${colours.line}"] { stroke: #b9c0cd; }
.marks :is(line, g)[stroke="${colours.grid}"], :is(.marks, .axes) path[stroke="${colours.grid}"] { stroke: #323846; }
:is(.marks, .axes) path[fill="#f7f8fa"] { fill: #1b1f27; }
.marks path[fill="${colours.root}"] { fill: #d5d9e2; }
.marks > path[fill="white"], .marks > rect[fill="white"] { fill: #14171d; }`;

/** The style of a report's page: light and dark, screen and paper. */
export const pageStyle = `
:root { color-scheme: light dark; --page: #fff; --text: #1f2430; --quiet: #4a5160; --line: #d8dbe1; --strong: #6d7482;
  --soft: #f5f6f8; --link: #1c5c9c; --warn: #fff6ea; --accent: #d9822b; --lit: #e0007a; }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
body { margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 96rem; margin: 0 auto; padding: 1.5rem clamp(1rem, 3vw, 3rem) 8rem; }
h1 { font-size: 1.8rem; line-height: 1.25; margin: 0.5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.75rem; padding-top: 0.75rem; border-top: 1px solid var(--line);
  overflow-wrap: anywhere; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 0.5rem; overflow-wrap: anywhere; }
h4 { font-size: 0.875rem; margin: 0.5rem 0 0; grid-column: 1 / -1; position: sticky; left: 0; width: max-content;
  max-width: 90vw; overflow-wrap: anywhere; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.text { max-width: 72ch; white-space: pre-line; }
.warnings { border-left: 4px solid var(--accent); background: var(--warn); padding: 0.75rem 1rem; margin: 1rem 0;
  overflow-wrap: anywhere; }
.warnings ul { margin: 0.25rem 0 0; padding-left: 1.25rem; }
.box { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.9rem 0.3rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { border-bottom-color: var(--strong); font-weight: 600; vertical-align: bottom; }
td { max-width: 40rem; overflow-wrap: break-word; }
.number { text-align: right; }
td.number { white-space: nowrap; }
.none { color: var(--quiet); }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 4px; padding: 1rem; overflow-x: auto;
  font-size: 0.8125rem; line-height: 1.45; }
.flow, .series { display: grid; gap: 1.25rem; }
.flow { grid-template-columns: repeat(auto-fill, minmax(min(100%, 27rem), 1fr)); }
.series { grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); }
.flow > .wide, .series > .wide { grid-column: 1 / -1; }
.points { display: grid; gap: 0.75rem 1.25rem; grid-template-columns: repeat(var(--across), minmax(min(17rem, 84vw), 1fr)); }
${across}
figure { margin: 0; min-width: 0; break-inside: avoid; scroll-margin-top: 8rem; position: relative; }
figure > svg { display: block; max-width: 100%; height: auto; border-radius: 4px; }
.marks text, .thumbnails text { font-family: "DejaVu Sans", sans-serif; }
figcaption { font-size: 0.875rem; color: var(--quiet); padding: 0.25rem 0 0.5rem; overflow-wrap: anywhere; }
figcaption b { color: var(--text); }
.behind { font-size: 0.8125rem; }
.behind .box { max-height: 18rem; overflow: auto; }
.behind summary { color: var(--link); cursor: pointer; width: max-content; padding: 0.25rem 0; }
.thumbnails { margin: 1.5rem 0; }
.thumbnails .flow { gap: 0.75rem; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); }
.thumbnails a { display: block; font-size: 0.75rem; line-height: 1.3; text-decoration: none; overflow-wrap: anywhere; }
.thumbnails a { position: relative; }
.thumbnails a span { display: block; }
.thumbnails svg { display: block; width: 100%; margin-bottom: 0.25rem; border: 1px solid var(--line); border-radius: 4px; }
@media screen { .thumbnails svg { will-change: transform; } } /* a hundred of them are not painted again each frame */
.thumbnails .count { color: var(--quiet); }
.thumbnails table { font-size: 0.75rem; }
.thumbnails th, .thumbnails td { border: 0; padding: 0 0.6rem 0.5rem 0; vertical-align: middle; }
.thumbnails td { width: 8.5rem; min-width: 5.5rem; vertical-align: top; }
.thumbnails th[scope="row"] { position: sticky; left: 0; z-index: 1; background: var(--page); white-space: normal;
  min-width: 4rem; max-width: 9rem; overflow-wrap: anywhere; }
.explored { max-height: 34rem; overflow: auto; }
.explored thead th { position: sticky; top: 0; z-index: 1; background: var(--page); box-shadow: 0 1px 0 var(--strong); }
button, select, input { font: inherit; font-size: 0.875rem; color: inherit; background: var(--page);
  border: 1px solid var(--strong); border-radius: 4px; padding: 0.2rem 0.5rem; min-height: 1.75rem; box-sizing: border-box; }
button { cursor: pointer; }
button:hover { background: var(--soft); }
input[type="range"] { padding: 0; accent-color: var(--link); }
th button { border: 0; background: none; padding: 0; font: inherit; text-align: inherit; min-height: 0; }
th[aria-sort="ascending"] button::after { content: " ▲"; }
th[aria-sort="descending"] button::after { content: " ▼"; }
.tools { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; margin: 0 0 0.5rem; font-size: 0.875rem; }
.tools details { position: relative; }
.tools summary { cursor: pointer; border: 1px solid var(--strong); border-radius: 4px; padding: 0.2rem 0.5rem; list-style: none; }
.tools fieldset { position: absolute; z-index: 4; margin: 0.25rem 0 0; max-height: 20rem; overflow: auto; min-width: 14rem;
  background: var(--page); border: 1px solid var(--strong); border-radius: 4px; }
.tools label { display: block; white-space: nowrap; }
.controls { position: sticky; top: 0; z-index: 3; display: grid; gap: 0.35rem; background: var(--page);
  border-bottom: 1px solid var(--line); padding: 0.6rem 0; font-size: 0.9rem; }
html:not(.scripted) .controls { display: none; }
.threshold, .player { display: flex; flex-wrap: wrap; gap: 0.35rem 0.75rem; align-items: center; }
.controls form[hidden] { display: none; }
.threshold input[type="range"], .player input { flex: 1 1 12rem; max-width: 28rem; }
.threshold input[type="number"] { width: 6.5rem; }
.threshold output { flex: 1 1 auto; color: var(--quiet); }
.threshold .key { display: inline-flex; gap: 0.75rem; color: var(--quiet); }
.key i::before { content: "●"; margin-right: 0.25rem; color: #d62728; }
.key i + i::before { color: #ff8c1a; }
.key i { font-style: normal; }
figure > .tools { margin: 0; }
.stage { position: relative; width: 100%; max-width: 44rem; aspect-ratio: 4 / 3; overflow: hidden; touch-action: none;
  cursor: grab; border-radius: 4px; outline-offset: -2px; }
.stage:active { cursor: grabbing; }
.stage > * { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; }
.axes { font: 11px "DejaVu Sans", sans-serif; }
@media screen { .turning > svg.marks { display: none; } }
.ghost { opacity: 0.12; }
.gone { display: none; }
.linked svg { cursor: crosshair; }
.cells { fill: var(--lit); fill-opacity: 0.45; stroke: none; }
.lit { stroke: var(--lit) !important; stroke-width: 2.5 !important; opacity: 1; }
.chosen { stroke: var(--text) !important; stroke-width: 2 !important; }
path.lit:not([stroke]), .own .lit { fill-opacity: 1; }
.own { pointer-events: none; }
.basins { position: fixed; left: 0; right: 0; bottom: 0; z-index: 5; background: var(--page);
  border-top: 2px solid var(--strong); padding: 0.5rem clamp(1rem, 3vw, 3rem); max-height: 40vh; overflow: auto; }
.basins h2 { border: 0; margin: 0; padding: 0; font-size: 1rem; }
.hint { position: absolute; z-index: 4; pointer-events: none; background: var(--text); color: var(--page);
  font-size: 0.75rem; padding: 0.15rem 0.4rem; border-radius: 3px; max-width: 20rem; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.film { display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); }
@media screen { .scripted .more { display: none; } .scripted .film > figure:not(.now) { display: none; } figure { content-visibility: auto; contain-intrinsic-size: auto 24rem; } }
@media screen and (prefers-color-scheme: dark) {${darkFigures}}
@media (prefers-reduced-motion: no-preference) { :root { scroll-behavior: smooth; } }
@media (max-width: 40rem) { main { padding-top: 0.75rem; } h1 { font-size: 1.4rem; } .threshold label { flex-basis: 100%; } }
@media print {
  :root { color-scheme: light; --page: #fff; --text: #1f2430; --quiet: #4a5160; --line: #d8dbe1; --strong: #6d7482;
    --soft: #f5f6f8; --warn: #fff6ea; }
  body { font-size: 10pt; }
  main { padding: 0; max-width: none; }
  .box, pre { overflow: visible; }
  table { font-size: 7.5pt; }
  th { overflow-wrap: break-word; }
  th, td { padding-right: 0.4rem; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  .points { grid-template-columns: repeat(min(3, var(--across)), 1fr); }
  .series { grid-template-columns: repeat(auto-fit, minmax(5.5cm, 1fr)); }
  .explored { max-height: none; }
  .explored thead th, .thumbnails th[scope="row"] { position: static; box-shadow: none; }
  .thumbnails { break-inside: avoid; }
  .film { grid-template-columns: repeat(auto-fit, minmax(5.5cm, 1fr)); }
  .tools, .stage, .behind, .basins, .player, .threshold button, .threshold input[type="range"] { display: none; }
  .controls { position: static; border: 0; }
  .more { display: none; }
  h2, h3, h4 { break-after: avoid; }
}
`;
