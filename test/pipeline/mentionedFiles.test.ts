import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { mentionedFiles } from "../../src/pipeline/mentionedFiles.js";

test("modules and packages beside a Python script that it imports, directly or through others, are its files", () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-mentioned-"));
  const files = {
    "run.py": "import helper, numpy as np\nfrom net.layers import deep\nfrom . import sibling\nopen('table.csv')\n",
    "helper.py": "import json  # import unused\n",
    "net/__init__.py": "",
    "net/layers/deep.py": "from .inner import y\nimport helper\n",
    "net/layers/inner.py": "",
    "sibling.py": "",
    "unused.py": "",
    "table.csv": "",
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const expected = ["helper.py", "net/layers/deep.py", "net/layers/inner.py", "run.py", "sibling.py", "table.csv"];
  assert.deepEqual(mentionedFiles("python3 run.py > unused.py", folder).sort(), expected);
});
