import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Controller, type DynamicModule, Get, UseGuards } from "@nestjs/common";
import type { NestFastifyApplication } from "@nestjs/platform-fastify";
import { Registry } from "prom-client";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../clock.js";
import { InProcessBus, InProcessServer } from "../events/in-process.js";
import { ImportOnStart } from "../import-on-start.js";
import { Readiness } from "../readiness.js";
import { createApplication } from "../run-service.js";
import { createEventMetrics } from "../telemetry/event-metrics.js";
import { createLog } from "../telemetry/log.js";
import { testPlatform } from "../test-platform.contract.js";
import { ApiKeyGuard, type InternalAccess } from "./api-key.guard.js";

const KEY = "0123456789abcdef";

/** The decorators are called: tests are compiled without them. */
function guardedModule() {
  class Guarded {
    secret(): string {
      return "inside";
    }
  }
  const secret = Object.getOwnPropertyDescriptor(Guarded.prototype, "secret") as PropertyDescriptor;
  Get("secret")(Guarded.prototype, "secret", secret);
  UseGuards(ApiKeyGuard)(Guarded);
  Controller()(Guarded);
  return { module: class GuardedModule {}, controllers: [Guarded] };
}

/** Two importers that always have something new. */
function importersModule(): DynamicModule {
  const importers = ["one", "other"].map((what) => ({
    provide: what,
    inject: [Readiness],
    useFactory: (readiness: Readiness) =>
      new ImportOnStart({
        service: "test",
        what,
        run: () => Promise.resolve({ outcome: "imported", changes: { [what]: 1 } }),
        databases: { holdLock: () => Promise.resolve() },
        readiness,
        log: createLog("test", "silent"),
      }),
  }));
  return { module: class ImportersModule {}, providers: importers };
}

describe("the internal interface", () => {
  const running: NestFastifyApplication[] = [];
  const folder = mkdtempSync(join(tmpdir(), "portcullis-http-"));
  const socketPath = join(folder, "socket");
  afterEach(async () => {
    await Promise.all(running.splice(0).map((app) => app.close()));
    rmSync(socketPath, { force: true });
  });

  async function start(access: InternalAccess, ...modules: DynamicModule[]) {
    const bus = new InProcessBus();
    const platform = testPlatform(bus);
    const parts = { clock: systemClock, log: platform.log, metrics: createEventMetrics(new Registry()) };
    const app = await createApplication(
      platform,
      access,
      [guardedModule(), ...modules],
      new InProcessServer(bus, parts),
    );
    running.push(app);
    return { app, platform };
  }
  async function onPort(access: InternalAccess) {
    const { app, platform } = await start(access);
    await app.listen(0, "127.0.0.1");
    const { port } = app.getHttpServer().address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, platform };
  }
  const status = async (url: string, headers: Record<string, string> = {}) => (await fetch(url, { headers })).status;

  it("lets in who has the key, and nobody else", async () => {
    const { url } = await onPort({ kind: "api-key", key: KEY });
    expect(await status(`${url}/secret`, { authorization: `Bearer ${KEY}` })).toBe(200);
    for (const authorization of [
      `Bearer ${KEY.slice(0, -1)}e`,
      `Bearer ${KEY}x`,
      `Bearer ${KEY.slice(1)}`,
      "Bearer ",
      KEY,
      `Basic ${KEY}`,
      `Bearer ${"x".repeat(600)}`,
    ]) {
      expect(await status(`${url}/secret`, { authorization }), authorization).toBe(401);
    }
    expect(await status(`${url}/secret`)).toBe(401);
  });

  it("lets nobody in over the network without a configured key", async () => {
    const { url } = await onPort({ kind: "api-key", key: "" });
    expect(await status(`${url}/secret`)).toBe(401);
    expect(await status(`${url}/secret`, { authorization: "Bearer " })).toBe(401);
  });

  it("lets in whoever can open the Unix socket, and nobody on a port of the same application", async () => {
    const { app } = await start({ kind: "private-socket" });
    await app.listen(socketPath);
    expect(await overSocket(socketPath, "/secret")).toEqual({ status: 200, body: "inside" });
    const { url } = await onPort({ kind: "private-socket" });
    expect(await status(`${url}/secret`, { authorization: `Bearer ${KEY}` })).toBe(401);
  });

  it("has all importers of the process import again, for who may, and says what came of it", async () => {
    const { app, platform } = await start({ kind: "api-key", key: KEY }, importersModule());
    await app.listen(0, "127.0.0.1");
    const url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}/internal/reload`;
    expect((await fetch(url, { method: "POST" })).status).toBe(401);
    expect(platform.readiness.missing()).toEqual([]);
    const response = await fetch(url, { method: "POST", headers: { authorization: `Bearer ${KEY}` } });
    expect([response.status, await response.json()]).toEqual([
      200,
      ["one", "other"].map((what) => ({ service: "test", what, outcome: "imported", changes: { [what]: 1 } })),
    ]);
  });

  it("answers for its health and its metrics to everybody", async () => {
    const { url, platform } = await onPort({ kind: "api-key", key: KEY });
    let isReady = false;
    platform.readiness.add("kafka", () => isReady);
    expect(await status(`${url}/livez`)).toBe(200);
    const unready = await fetch(`${url}/readyz`);
    expect([unready.status, await unready.text()]).toEqual([503, "not ready: kafka\n"]);
    isReady = true;
    expect(await status(`${url}/readyz`)).toBe(200);
    const metrics = await fetch(`${url}/metrics`);
    expect(metrics.headers.get("content-type")).toContain("text/plain; version=0.0.4");
    expect(await metrics.text()).toContain("portcullis_stage_seconds");
    expect(await status(`${url}/nothing`)).toBe(404);
  });
});

function overSocket(socketPath: string, path: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on("end", () => resolve({ status: response.statusCode, body }));
    });
    sent.on("error", reject);
    sent.end();
  });
}
