/**
 * Standard output belongs to the command, so prints of a module while it is loaded go to standard error. Only commands
 * do this: the standard output of a program that uses the library is its own.
 */
export async function printsToStderr<T>(load: () => Promise<T>): Promise<T> {
  const { write } = process.stdout;
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof write;
  try {
    return await load();
  } finally {
    process.stdout.write = write;
  }
}
