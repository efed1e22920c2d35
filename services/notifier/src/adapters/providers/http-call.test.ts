import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { eventually, freePort } from "@portcullis/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { httpCall } from "./http-call.js";

describe("httpCall", () => {
  let server: Server;
  let requests: number;
  let answer: (response: ServerResponse) => void;

  beforeEach(async () => {
    requests = 0;
    server = createServer((request, response) => {
      request.resume();
      request.on("end", () => {
        requests++;
        answer(response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(async () => {
    vi.useRealTimers();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const call = (port = (server.address() as AddressInfo).port) =>
    httpCall({ url: `http://127.0.0.1:${port}/x`, method: "POST", headers: {}, body: "x" });

  it("gives the answer, and follows nobody elsewhere", async () => {
    answer = (response) => response.writeHead(302, { location: "/y" }).end("there");
    expect(await call()).toEqual({ kind: "answer", status: 302, body: "there" });
    expect(requests).toBe(1);
  });

  it("knows that nothing was sent where nobody listens or the certificate is wrong", async () => {
    expect(await call(await freePort())).toMatchObject({ kind: "not-sent", why: "ECONNREFUSED" });
    const { port } = server.address() as AddressInfo;
    const secure = httpCall({ url: `https://127.0.0.1:${port}/x`, method: "POST", headers: {}, body: "x" });
    expect(await secure).toMatchObject({ kind: "not-sent" });
    expect(requests).toBe(0);
  });

  it("does not know what became of it when the answer breaks off or does not come in time", async () => {
    answer = (response) => response.destroy();
    expect(await call()).toMatchObject({ kind: "unknown" });
    let isAsked = false;
    answer = () => {
      isAsked = true;
    };
    const late = vi.spyOn(globalThis, "setTimeout");
    const waiting = call();
    const [timeOut] = late.mock.calls.find(([, ms]) => ms === 12_000) ?? [];
    late.mockRestore();
    await eventually(() => isAsked, { what: "the request" });
    (timeOut as () => void)(); // Twelve seconds later.
    expect(await waiting).toMatchObject({ kind: "unknown", why: "no answer within 12000 ms" });
  });

  it("reads no endless answer", async () => {
    answer = (response) => {
      response.writeHead(200);
      response.write("x".repeat(200_000));
    };
    expect(await call()).toEqual({ kind: "answer", status: 200, body: "" });
  });
});
