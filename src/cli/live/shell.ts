import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const style = `
:root { color-scheme: light dark; --page: #fff; --text: #1f2430; --quiet: #4a5160; --line: #d8dbe1; --bar: #2171b5; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --page: #14171d; --text: #e6e8ee; --quiet: #a7aebb; --line: #343a47; --bar: #6baed6; --bad: #ff9b90; } }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
header, section { padding: 0.5rem clamp(1rem, 3vw, 3rem); }
h1 { font-size: 1.4rem; margin: 0.5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; }
p { margin: 0.25rem 0; color: var(--quiet); }
summary { cursor: pointer; }
.steps { max-height: 50vh; overflow: auto; }
table { border-collapse: collapse; font-size: 0.875rem; }
th, td { text-align: left; padding: 0.2rem 1rem 0.2rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
progress { width: 8rem; accent-color: var(--bar); vertical-align: middle; }
button { font: inherit; color: inherit; background: none; border: 1px solid var(--line); border-radius: 4px; cursor: pointer; padding: 0 0.5rem; }
[data-state="failed"] { color: var(--bad); }
pre { border: 1px solid var(--line); padding: 0.75rem; max-height: 40vh; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
.figures { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); }
.figures figure { margin: 0; }
.figures img { width: 100%; height: auto; background: #fff; }
iframe { display: block; width: 100%; height: 100vh; border: 0; border-top: 1px solid var(--line); }
:focus-visible { outline: 2px solid var(--bar); outline-offset: 2px; }
`;

/** The page around a report while a run goes on, and its policy. Its script fills it with texts, never with markup. */
export function shell(): { html: string; policy: string } {
  const script = readFileSync(new URL("../../page/live.js", import.meta.url), "utf8");
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return {
    policy: `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; connect-src 'self'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; form-action 'none'`,
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cirque</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<header><h1></h1><p id="description"></p><p id="counts" role="status"></p></header>
<section><details id="progress" open><summary>Steps</summary><div class="steps" tabindex="0" role="region" aria-label="Steps"><table>
<thead><tr><th scope="col">State</th><th scope="col">Step</th><th scope="col">Stage</th><th scope="col">Progress</th><th scope="col">Ask</th></tr></thead>
<tbody></tbody></table></div><div id="said" hidden><h2></h2><pre tabindex="0"></pre></div></details></section>
<section id="figures" hidden><h2>Figures so far</h2><div class="figures"></div></section>
<main id="reports"></main>
<script>${script}</script>
</body>
</html>
`,
  };
}
