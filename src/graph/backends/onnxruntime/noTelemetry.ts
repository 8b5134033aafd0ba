/**
 * Keeps ONNX Runtime from reporting to its maker. From 1.30 on, its builds for Linux and macOS send a description of
 * the machine and of each session to Microsoft, and leave files in the folder for temporary files. Call this in the
 * main thread, before a thread loads it: a worker thread has a copy of the environment, which native code cannot see.
 * `ORT_DISABLE_TELEMETRY=0` in the environment allows the reports.
 */
export function disableTelemetry(environment: NodeJS.ProcessEnv = process.env): void {
  environment.ORT_DISABLE_TELEMETRY ??= "1";
}
