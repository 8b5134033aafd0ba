import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

/** Closes the terminal of a command after its first output, and prints how the command ended. */
const closing = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
os.read(terminal, 1)
os.close(terminal)
print(os.WTERMSIG(os.waitpid(pid, 0)[1]))
`;
const hasPython = spawnSync("python3", ["-c", "import pty"]).status === 0;

test("a run whose terminal is closed ends by SIGHUP, not by an abort", { skip: !hasPython && "no Python" }, () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-terminal-"));
  writeFileSync(join(folder, "p.yaml"), "stages: { wait: { uses: shell, with: { command: sleep 60 } } }\n");
  const cli = join(process.cwd(), "dist/src/cli/main.js");
  const command = ["-c", closing, process.execPath, cli, "run", "p.yaml"];
  const { stdout, stderr } = spawnSync("python3", command, { cwd: folder, encoding: "utf8", timeout: 60_000 });
  assert.equal(stdout, "1\n", stderr);
});
