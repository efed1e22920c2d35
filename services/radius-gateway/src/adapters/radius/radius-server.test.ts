import type { Log } from "@portcullis/kit";
import { Readiness } from "@portcullis/kit";
import { type FrontEndAnswer, PLAIN_REPLY } from "@portcullis/login";
import { decode, isLoopRefusal, isMalformed, proxyStateAttribute, SharedSecret } from "@portcullis/radius";
import { Registry } from "prom-client";
import { describe, expect, it, vi } from "vitest";
import { requestOf, SECRET } from "../../testing/requests.js";
import { parsePrefix } from "../ipaddr/parse-address.js";
import { createGatewayMetrics } from "../prometheus/gateway-metrics.js";
import { Admission } from "./admission.js";
import { ClientRegistry } from "./client-registry.js";
import { ClientUsage } from "./client-usage.js";
import { Discards } from "./discards.js";
import { RadiusServer } from "./radius-server.js";
import type { Sender } from "./sender.js";

const MAX_WAITING = 2;
const LOOP_TAG = Buffer.alloc(16, 5);
const accepted: FrontEndAnswer = {
  kind: "reply",
  again: false,
  reply: { ...PLAIN_REPLY, verdict: "accept" },
};

function setUp(maxWaiting = MAX_WAITING) {
  const registry = new Registry();
  const log = {
    debug: vi.fn<Log["debug"]>(),
    info: vi.fn<Log["info"]>(),
    warn: vi.fn<Log["warn"]>(),
    error: vi.fn<Log["error"]>(),
  };
  const metrics = createGatewayMetrics(registry, () => 0);
  const clients = new ClientRegistry();
  clients.put({
    name: "vpn",
    generation: 1n,
    addresses: [],
    application: "VPN",
    target: "local",
    prefixes: [parsePrefix("192.0.2.0/24")].filter((prefix) => prefix !== undefined),
    secrets: [new SharedSecret(SECRET)],
    requireMessageAuthenticator: true,
    limitProxyState: true,
    timeLimitMs: 1_000,
    maxExchanges: 10,
    maxRequestsPerSecond: 2_000,
    forwards: false,
  });
  const answer = vi.fn<() => Promise<FrontEndAnswer>>(async () => accepted);
  const continuesLogin = vi.fn<() => boolean>(() => false);
  const eventLoop = { isLate: false };
  const usage = new ClientUsage({ nowMs: () => 0 });
  const parts = {
    clients,
    usage,
    answerAccessRequest: { answer, continuesLogin },
    accounting: { take: async () => undefined },
    admission: new Admission(20_000),
    eventLoop,
    loopTag: LOOP_TAG,
    readiness: new Readiness(),
    discards: new Discards(metrics, usage, log),
    metrics,
    stages: { observe: () => undefined },
    log,
  };
  const server = new RadiusServer(parts, maxWaiting);
  const discarded = async (reason: string): Promise<number> =>
    (await metrics.discarded.get()).values.find(({ labels }) => labels.reason === reason)?.value ?? 0;
  return { server, answer, continuesLogin, eventLoop, log, discarded };
}

function senderOf(change: Partial<Omit<Sender, "reply">> = {}) {
  const reply = vi.fn<Sender["reply"]>();
  return {
    port: "authentication" as const,
    sourceAddress: "192.0.2.1",
    sourcePort: 40_000,
    listener: "0.0.0.0:1812",
    reply,
    ...change,
  };
}

describe("RadiusServer", () => {
  it("lets no more exchanges wait than it may, and takes retransmissions of those that do", async () => {
    const { server, answer, discarded } = setUp();
    const later = Promise.withResolvers<FrontEndAnswer>();
    answer.mockReturnValue(later.promise);
    const [first, second, third] = [requestOf(), requestOf(), requestOf()];
    const waiting = [server.receive(first, senderOf()), server.receive(second, senderOf())];
    await server.receive(third, senderOf());
    expect(await discarded("too-many-waiting")).toBe(1);
    answer.mockResolvedValueOnce({ kind: "none", why: "waiting-here" });
    const newest = senderOf({ sourcePort: 40_001 });
    await server.receive(first, newest);
    expect(answer).toHaveBeenCalledTimes(3);
    later.resolve(accepted);
    await Promise.all(waiting);
    expect(newest.reply).toHaveBeenCalledTimes(1);
    await server.receive(third, senderOf());
    expect(answer).toHaveBeenCalledTimes(4);
  });

  it("drops closed what nobody foresaw, counts it, and goes on", async () => {
    const { server, answer, log, discarded } = setUp();
    for (let count = 0; count <= MAX_WAITING; count++) {
      answer.mockRejectedValueOnce(new TypeError("a bug"));
      const sender = senderOf();
      await server.receive(requestOf(), sender);
      expect(sender.reply).not.toHaveBeenCalled();
    }
    expect(await discarded("bug")).toBe(MAX_WAITING + 1);
    expect(log.error.mock.calls[0]?.[0]).toBe("radius.bug");
    const sender = senderOf();
    await server.receive(requestOf(), sender);
    expect(sender.reply).toHaveBeenCalledTimes(1);
  });

  it("makes no reply of a decision that is none", async () => {
    const { server, answer, discarded } = setUp();
    answer.mockResolvedValue({ ...accepted, reply: { ...accepted.reply, verdict: "challenge" } });
    const sender = senderOf();
    await server.receive(requestOf(), sender);
    expect(sender.reply).not.toHaveBeenCalled();
    expect(await discarded("bug")).toBe(1);
  });

  it("tells who sent a request in a circle, and nobody else, that it was one", async () => {
    const { server, answer } = setUp();
    answer.mockResolvedValue({ ...accepted, reply: { ...accepted.reply, verdict: "reject" } });
    for (const [tag, tells] of [
      [LOOP_TAG, true],
      [Buffer.alloc(16, 6), false],
    ] as const) {
      const sender = senderOf();
      await server.receive(requestOf({ attributes: [proxyStateAttribute(tag)] }), sender);
      const reply = decode(sender.reply.mock.calls[0]?.[0] ?? new Uint8Array());
      expect(isMalformed(reply) ? reply : isLoopRefusal(reply)).toBe(tells);
    }
  });

  it("answers nobody at port 0", async () => {
    const { server, answer, discarded } = setUp();
    await server.receive(requestOf(), senderOf({ sourcePort: 0 }));
    expect(answer).not.toHaveBeenCalled();
    expect(await discarded("source-unusable")).toBe(1);
  });
});

describe("RadiusServer with too much to do", () => {
  it("keeps the last fifth of what may wait for answers to challenges that were issued", async () => {
    const { server, answer, continuesLogin, discarded } = setUp(10);
    answer.mockReturnValue(new Promise(() => undefined));
    const first = requestOf();
    void server.receive(first, senderOf());
    for (let count = 1; count < 8; count++) void server.receive(requestOf(), senderOf());
    expect(continuesLogin).not.toHaveBeenCalled();
    await server.receive(requestOf(), senderOf());
    expect([await discarded("overloaded"), answer.mock.calls.length]).toEqual([1, 8]);
    continuesLogin.mockReturnValue(true);
    for (let count = 0; count < 2; count++) void server.receive(requestOf(), senderOf());
    expect(answer).toHaveBeenCalledTimes(10);
    await server.receive(requestOf(), senderOf());
    expect([await discarded("too-many-waiting"), answer.mock.calls.length]).toEqual([1, 10]);
    void server.receive(first, senderOf());
    expect(answer).toHaveBeenCalledTimes(11);
  });

  it("takes answers and what waits, and no new login, while its event loop is late", async () => {
    const { server, answer, continuesLogin, eventLoop, discarded } = setUp(10);
    answer.mockReturnValueOnce(new Promise(() => undefined));
    const waiting = requestOf();
    void server.receive(waiting, senderOf());
    eventLoop.isLate = true;
    await server.receive(requestOf(), senderOf());
    expect([await discarded("overloaded"), answer.mock.calls.length]).toEqual([1, 1]);
    await server.receive(waiting, senderOf());
    continuesLogin.mockReturnValue(true);
    await server.receive(requestOf(), senderOf());
    eventLoop.isLate = false;
    continuesLogin.mockReturnValue(false);
    await server.receive(requestOf(), senderOf());
    expect([await discarded("overloaded"), answer.mock.calls.length]).toEqual([1, 4]);
  });
});

describe("the log of discards", () => {
  it("has one line for each client and reason in ten seconds, with the count since the last", async () => {
    vi.useFakeTimers();
    try {
      const { server, log } = setUp();
      const garbage = Buffer.from("garbage");
      for (let count = 0; count < 1_000; count++) {
        await server.receive(garbage, senderOf());
        await server.receive(garbage, senderOf({ sourceAddress: `203.0.113.${count % 256}` }));
      }
      const reasons = () => log.warn.mock.calls.map(([, fields]) => [fields?.["reason"], fields?.["count"]]);
      expect(reasons()).toEqual([
        ["too-short", 1],
        ["client-unknown", 1],
      ]);
      vi.advanceTimersByTime(10_000);
      await server.receive(garbage, senderOf());
      expect(reasons().at(-1)).toEqual(["too-short", 1_000]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("tells what to do about it", async () => {
    const { server, log } = setUp();
    await server.receive(requestOf({ messageAuthenticator: "omitted" }), senderOf());
    expect(log.warn.mock.calls[0]).toEqual([
      "radius.discarded",
      {
        client: "vpn",
        reason: "message-authenticator-missing",
        sourceAddress: "192.0.2.1",
        count: 1,
        hint: expect.stringContaining("requireMessageAuthenticator"),
      },
    ]);
  });
});
