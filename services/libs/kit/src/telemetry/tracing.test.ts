import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { Tracing } from "./tracing.js";

interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}

/** Smaller ones would count from the start of the process. */
const NOW_MS = Date.now();
const LOGIN = "0123456789abcdef0011223344556677";
let server: Server | undefined;
afterEach(() => {
  server?.close();
});

/** A collector that speaks OTLP over HTTP. */
async function collector() {
  const spans: SentSpan[] = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as {
        resourceSpans: { scopeSpans: { spans: SentSpan[] }[] }[];
      };
      for (const resource of body.resourceSpans) for (const scope of resource.scopeSpans) spans.push(...scope.spans);
      response.setHeader("content-type", "application/json").end("{}");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { spans, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces` };
}

it("makes one trace of what several processes tell of a login", async () => {
  const { spans, url } = await collector();
  const gateway = new Tracing({ url, ratio: 1, service: "radius-gateway" });
  const orchestrator = new Tracing({ url, ratio: 1, service: "challenge-orchestrator" });
  gateway.stage("gateway.exchange", LOGIN, { startMs: NOW_MS + 10, endMs: NOW_MS + 30 });
  orchestrator.login(LOGIN, { startMs: NOW_MS, endMs: NOW_MS + 40 }, { "result.code": "SUCCESS" });
  orchestrator.stage("orchestrator.open", LOGIN, { startMs: NOW_MS + 15, endMs: NOW_MS + 20 });
  await Promise.all([gateway.close(), orchestrator.close()]);
  const root = spans.find(({ name }) => name === "login");
  expect(root).toMatchObject({ traceId: LOGIN, spanId: "0123456789abcdef", startTimeUnixNano: `${NOW_MS}000000` });
  expect(root?.parentSpanId ?? "").toBe("");
  const stages = spans.filter(({ name }) => name !== "login");
  expect(stages.map(({ name }) => name).sort()).toEqual(["gateway.exchange", "orchestrator.open"]);
  for (const stage of stages) expect(stage).toMatchObject({ traceId: LOGIN, parentSpanId: "0123456789abcdef" });
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(3);
});

it("traces nothing without a collector, of a login without an id, or of one that is not picked", async () => {
  const { spans, url } = await collector();
  const times = { startMs: NOW_MS, endMs: NOW_MS + 1 };
  const off = new Tracing({ url: "", ratio: 1, service: "x" });
  off.login(LOGIN, times, {});
  const none = new Tracing({ url, ratio: 0, service: "x" });
  none.stage("stage", LOGIN, times);
  const all = new Tracing({ url, ratio: 1, service: "x" });
  all.stage("stage", "", times);
  await Promise.all([off.close(), none.close(), all.close()]);
  expect(spans).toEqual([]);
});
