import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** AssemblyScript, which the TypeScript compiler ignores. */
export const isKernel = (path: string) => /(^|\/)kernels\//.test(path.replaceAll("\\", "/"));

/**
 * Compiles the SIMD kernels in src into dist/src/kernels.wasm, unless it is newer than they are. Throws an Error with
 * the messages of the compiler.
 */
export async function compileKernels(root: URL): Promise<void> {
  const source = fileURLToPath(new URL("src/", root));
  const target = fileURLToPath(new URL("dist/src/kernels.wasm", root));
  const files = (readdirSync(source, { recursive: true }) as string[])
    .filter((name) => name.endsWith(".ts") && isKernel(name))
    .map((name) => join(source, name));
  const newest = Math.max(...files.map((file) => statSync(file).mtimeMs));
  if (existsSync(target) && statSync(target).mtimeMs > newest) return;

  // Files in a folder below `kernels` are imported by kernels, and their functions are not exported.
  const entries = files.filter((file) => /[/\\]kernels[/\\][^/\\]+$/.test(file)).sort();
  const { main } = await import("assemblyscript/asc");
  const { error, stderr } = await main([
    ...entries,
    ...["-O3", "--noAssert", "--runtime", "stub", "--importMemory", "--initialMemory", "0", "--enable", "simd"],
    // 112 warns about functions that exchange vectors with JavaScript; none is called from there.
    ...["--disableWarning", "112", "--outFile", target],
  ]);
  if (error) throw new Error(`kernels do not compile:\n${stderr.toString()}`, { cause: error });
}
