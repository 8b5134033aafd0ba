/**
 * The live page of a pipeline on this machine: read-only, behind a random token in the address. Other hosts (by the
 * Host header, so that no name of another site leads here), requests of other origins, and addresses without the token
 * are refused.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { readArtifact } from "../../artifact/artifactFile.js";
import type { Plan } from "../../pipeline/plan.js";
import type { Step } from "../../pipeline/step.js";
import { runFinder } from "../../run/runHistory.js";
import { readLog } from "../../run/stepLog.js";
import { why } from "../../run/stepState.js";
import type { Store } from "../../store/store.js";
import { printable } from "../../text/printable.js";
import { UsageError } from "../exitCodes.js";
import type { Feed, StepView } from "./feed.js";
import { shell } from "./shell.js";

export interface LiveServer {
  /** The address with the token. */
  address: string;
  close(): Promise<void>;
}

interface Served {
  plan: Plan;
  store: Store;
  feed: Feed;
  /** The folder in which the pipeline's results are published. */
  folder: string;
  /** 0: any that is free. */
  port: number;
}

const headers = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "X-Frame-Options": "SAMEORIGIN",
};

/** Starts to serve. Throws UsageError where the port is taken. */
export async function liveServer(served: Served): Promise<LiveServer> {
  const token = randomBytes(24).toString("base64url");
  const page = shell();
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    const refusal = refusalOf(request, port, token);
    if (refusal) return send(response, ...refusal);
    const url = new URL(request.url ?? "/", "http://localhost");
    const route = url.pathname.slice(token.length + 2);
    if (route === "") return send(response, 200, page.html, "text/html; charset=utf-8", page.policy);
    if (route === "events") return events(response, served);
    const step = served.plan.steps.find(({ id }) => id === url.searchParams.get("step"));
    try {
      const answer = step && Object.hasOwn(answers, route) ? answers[route](step, served) : undefined;
      if (answer === undefined) return send(response, 404, "there is nothing at this address yet");
      send(response, 200, answer.body, answer.type, answer.policy);
    } catch (error) {
      // A result may be damaged, or removed meanwhile: the others can still be read.
      send(response, 500, printable((error as Error).message));
    }
  });
  await new Promise<void>((listening, failed) => {
    server.once("error", ({ code, message }: NodeJS.ErrnoException) =>
      failed(
        new UsageError(code === "EADDRINUSE" ? `port ${served.port} is taken; choose another by --port` : message),
      ),
    );
    server.listen(served.port, "127.0.0.1", listening);
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/${token}/`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** Status and words for a request that is not answered. */
function refusalOf(request: IncomingMessage, port: number, token: string): [number, string] | undefined {
  const { host, origin } = request.headers;
  const own = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (host === undefined || !own.includes(host)) return [421, "this server answers for 127.0.0.1 only"];
  const site = request.headers["sec-fetch-site"];
  const isForeign = origin !== undefined && origin !== `http://${host}`;
  if (isForeign || (site !== undefined && site !== "same-origin" && site !== "none")) {
    return [403, "requests of other sites are refused"];
  }
  if (request.method !== "GET" && request.method !== "HEAD") return [405, "this server is read-only"];
  const [, given = ""] = (request.url ?? "").split(/[/?]/);
  const [a, b] = [given, token].map((text) => Buffer.from(text));
  if (a.length !== b.length || !timingSafeEqual(a, b)) return [403, "the address lacks its token: copy all of it"];
  return undefined;
}

function send(response: ServerResponse, status: number, body: string, type = "text/plain; charset=utf-8", policy = "") {
  const { req } = response;
  response.writeHead(status, {
    ...headers,
    "Content-Type": type,
    "Content-Security-Policy": `${policy || "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:"}; frame-ancestors 'self'`,
  });
  response.end(req.method === "HEAD" ? undefined : body);
}

/** All steps at once, then what changes. */
function events(response: ServerResponse, { plan, feed }: Served): void {
  response.writeHead(200, { ...headers, "Content-Type": "text/event-stream; charset=utf-8" });
  const tell = (event: string, facts: object) => response.write(`event: ${event}\ndata: ${JSON.stringify(facts)}\n\n`);
  tell("pipeline", { name: plan.pipeline.name, description: plan.pipeline.description, steps: feed.all() });
  const leave = feed.subscribe((changed: StepView[]) => tell("steps", { steps: changed }));
  // A comment now and then, so that a connection that is gone is noticed.
  const beat = setInterval(() => response.write(": \n\n"), 15_000);
  response.on("close", () => {
    clearInterval(beat);
    leave();
  });
}

interface Answer {
  body: string;
  type?: string;
  policy?: string;
}

/** The page of a report has a policy of its own in it. */
const OF_THE_PAGE = "object-src 'none'";

const answers: Readonly<Record<string, (step: Step, served: Served) => Answer | undefined>> = {
  report(step, { store, folder, plan }) {
    const stored = store.lookup(step.key);
    const one = plan.steps.filter(({ definition }) => definition.output === "report").length === 1;
    const published = join(folder, "report.html");
    const body = stored.record
      ? (readArtifact(stored.path).columns.html as string[])[0]
      : one && existsSync(published)
        ? readFileSync(published, "utf8")
        : undefined;
    return body === undefined ? undefined : { body, type: "text/html; charset=utf-8", policy: OF_THE_PAGE };
  },
  figure(step, { store }) {
    const stored = store.lookup(step.key);
    if (!stored.record || step.definition.output !== "figure") return undefined;
    return { body: (readArtifact(stored.path).columns.svg as string[])[0], type: "image/svg+xml; charset=utf-8" };
  },
  log: ({ key }, { store }) => ({ body: printable(readLog(store.folder, key) ?? "it said nothing, or has not run") }),
  why: (step, { store, plan }) => ({
    body: printable(why(step, store, runFinder(store.folder, plan.pipeline.name)).join("\n")),
  }),
};
