import { createSecretKey, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Controller, Get, Post, UseGuards } from "@nestjs/common";
import {
  ApiKeyGuard,
  createApplication,
  createEventMetrics,
  createLog,
  InProcessBus,
  InProcessServer,
  PooledRandom,
  Readiness,
  systemClock,
} from "@portcullis/kit";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PublicHttp } from "./public-http.js";

/** The decorators are called: tests are compiled without them. */
function application() {
  class Guarded {
    secret(): string {
      return "inside";
    }
    open(): string {
      return "open";
    }
    take(): string {
      return "taken";
    }
  }
  const method = (name: "secret" | "open" | "take"): PropertyDescriptor =>
    Object.getOwnPropertyDescriptor(Guarded.prototype, name) as PropertyDescriptor;
  Get(["internal/secret", "device/secret", "webhooks/secret"])(Guarded.prototype, "secret", method("secret"));
  UseGuards(ApiKeyGuard)(Guarded.prototype, "secret", method("secret"));
  Post("device/take")(Guarded.prototype, "take", method("take"));
  Get("device/open")(Guarded.prototype, "open", method("open"));
  Controller()(Guarded);
  return { module: class GuardedModule {}, controllers: [Guarded] };
}

describe("PublicHttp", () => {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-public-"));
  const socketPath = join(folder, "socket");
  let app: Awaited<ReturnType<typeof createApplication>>;
  let publicHttp: PublicHttp;
  let url: string;

  beforeAll(async () => {
    const bus = new InProcessBus();
    const key = () => createSecretKey(randomBytes(32));
    const noDatabase = (): never => {
      throw new Error("There is no database here.");
    };
    const platform = {
      bus,
      databases: { open: noDatabase, holdLock: noDatabase, close: () => Promise.resolve() },
      clock: systemClock,
      random: new PooledRandom(),
      keyRing: { active: 1, sealing: new Map([[1, key()]]), digest: key(), audit: key() },
      log: createLog("test", "silent"),
      metrics: new Registry(),
      readiness: new Readiness(),
    };
    const parts = { clock: systemClock, log: platform.log, metrics: createEventMetrics(new Registry()) };
    const server = new InProcessServer(bus, parts);
    app = await createApplication(platform, { kind: "private-socket" }, [application()], server);
    await app.listen(socketPath);
    const fastify = app.getHttpAdapter().getInstance();
    const handle = (incoming: IncomingMessage, response: ServerResponse) => fastify.routing(incoming, response);
    publicHttp = await PublicHttp.open([{ address: "127.0.0.1", port: 0 }], handle);
    url = publicHttp.addresses[0] ?? "";
  });
  afterAll(async () => {
    publicHttp.takeNoMore();
    await app.close();
    publicHttp.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const statusOf = async (path: string, init: RequestInit = {}) => (await fetch(url + path, init)).status;

  it("serves the public paths, and nothing else", async () => {
    expect(await statusOf("/device/open")).toBe(200);
    expect(await statusOf("/device/nothing")).toBe(404);
    for (const path of [
      "/",
      "/metrics",
      "/livez",
      "/readyz",
      "/internal/secret",
      "/internal/reload",
      "/devices/open",
      "/DEVICE/open",
    ]) {
      expect(await statusOf(path), path).toBe(404);
    }
  });

  it("lets nobody reach a private path through a public one", async () => {
    for (const target of [
      "/device/../internal/secret",
      "/device/%2e%2e/internal/secret",
      "/device/..%2finternal/secret",
      "//internal/secret",
      "http://127.0.0.1/internal/secret",
      "/webhooks/../metrics",
    ]) {
      expect(await raw(url, `GET ${target} HTTP/1.1`), target).toMatch(/^HTTP\/1\.1 404 /);
    }
  });

  it("never takes a call over TCP for one of the Unix socket, whatever it says of itself", async () => {
    expect(await overSocket(socketPath, "/device/secret")).toBe(200);
    expect(await overSocket(socketPath, "/internal/secret")).toBe(200);
    const forged = [
      {},
      { authorization: "Bearer " },
      { authorization: "Bearer undefined" },
      { "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1", forwarded: "for=127.0.0.1;host=localhost" },
      { host: "localhost", "x-forwarded-host": "unix", "x-forwarded-proto": "unix" },
    ];
    for (const headers of forged) {
      for (const path of ["/device/secret", "/webhooks/secret"]) {
        expect(await statusOf(path, { headers }), JSON.stringify(headers)).toBe(401);
      }
    }
  });

  it("takes no body of more than 16 kB", async () => {
    const headers = { "content-type": "application/json" };
    const post = (body: string) => statusOf("/device/take", { method: "POST", headers, body });
    expect(await post(JSON.stringify({ a: "x".repeat(16_000) }))).toBe(201);
    expect(await post(JSON.stringify({ a: "x".repeat(16_400) }))).toBe(413);
  });

  it("says in words why it can't listen", async () => {
    const port = Number(new URL(url).port);
    const opened = PublicHttp.open([{ address: "127.0.0.1", port }], () => undefined);
    await expect(opened).rejects.toThrow(`127.0.0.1:${port} for http`);
  });
});

/** The first line of what a server answers to a request line that no client library would send. */
function raw(url: string, line: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(`${line}\r\nhost: x\r\n\r\n`));
    socket.setEncoding("utf8").once("data", (text: string) => {
      socket.destroy();
      resolve(text.split("\r\n")[0] ?? "");
    });
    socket.on("error", reject);
  });
}

function overSocket(socketPath: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on("error", reject);
    sent.end();
  });
}
