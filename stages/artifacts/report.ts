/** A report: one row, a self-contained HTML page. */
import { type Artifact, artifact } from "../../src/artifact/artifact.js";

export function reportArtifact(html: string): Artifact {
  return artifact("report", { html: [html] });
}
