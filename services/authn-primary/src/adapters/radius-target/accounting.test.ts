import { createSecretKey, randomBytes } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { createLog, KeyedDigest, type KeyRing, PooledRandom, Sealer, systemClock } from "@portcullis/kit";
import { type ExchangeId, loopTagOf, targetSecretPlace } from "@portcullis/login";
import { TargetChangedSchema, TargetType } from "@portcullis/proto";
import { AttributeType, Code, SharedSecret } from "@portcullis/radius";
import { Registry } from "prom-client";
import { afterEach, expect, it } from "vitest";
import { createTargetMetrics } from "../prometheus/target-metrics.js";
import { LearntServerMemory } from "./learnt-servers.js";
import { TargetFactory } from "./target-factory.js";
import { FakeTarget, replyTo, SECRET_TEXT } from "./testing/fake-target.js";

const ATTRIBUTES = Buffer.of(40, 6, 0, 0, 0, 1, 44, 4, 0x61, 0x31);
const secret = new SharedSecret(SECRET_TEXT);
const key = () => createSecretKey(randomBytes(32));
const ring: KeyRing = { active: 1, sealing: new Map([[1, key()]]), digest: key(), audit: key() };
const random = new PooledRandom();
const sealer = new Sealer(ring, random);
const digest = new KeyedDigest(ring.digest);

const opened: FakeTarget[] = [];
afterEach(() => {
  for (const target of opened.splice(0)) target.stop();
});

async function targetWith(handler: Parameters<typeof FakeTarget.start>[1], responseWindowSeconds = 0) {
  const server = await FakeTarget.start(secret, handler);
  opened.push(server);
  const registry = new Registry();
  const hasher = { decoy: "", hash: async () => "", verify: async () => false };
  const nothing = { all: () => Promise.resolve([]), add: () => Promise.resolve(), remove: () => Promise.resolve() };
  const learnt = await LearntServerMemory.load(nothing, () => undefined);
  const metrics = createTargetMetrics(registry);
  const log = createLog("test", "silent");
  const factory = new TargetFactory({ hasher, sealer, digest, clock: systemClock, random, metrics, learnt, log });
  const sealed = (at: number) => sealer.seal(Buffer.from(SECRET_TEXT), targetSecretPlace("nps", at));
  const target = factory.create(
    create(TargetChangedSchema, {
      name: "nps",
      generation: 1n,
      type: TargetType.RADIUS,
      responseWindowSeconds,
      // Two servers of one machine with one port of accounting.
      servers: [1, 2].map((port, at) => ({
        address: "127.0.0.1",
        port,
        sealedSecret: sealed(at),
        accountingPort: server.port,
      })),
    }),
  );
  if (target?.account === undefined) throw new Error("the target takes no accounting");
  const exchangeId = "x" as ExchangeId;
  const account = (deadlineMs = Date.now() + 5_000) =>
    target.account?.({ exchangeId, client: "vpn", attributes: ATTRIBUTES, deadlineMs });
  return { server, account, registry, close: () => target.close?.(0) };
}

it("reaches the server's port of accounting with our Proxy-State behind, and its answer comes back in clear", async () => {
  const { server, account, close } = await targetWith((request, answer) =>
    answer(
      replyTo(request, Code.AccountingResponse, [
        { type: AttributeType.VendorSpecific, value: Buffer.of(0, 0, 0, 9, 1, 2) },
      ]),
    ),
  );
  expect(await account()).toEqual(Uint8Array.of(26, 8, 0, 0, 0, 9, 1, 2));
  const [request] = server.requests;
  expect(request?.packet.code).toBe(Code.AccountingRequest);
  const sent = Buffer.from(request?.packet.octets.subarray(20) ?? []);
  expect(sent.subarray(0, ATTRIBUTES.length)).toEqual(ATTRIBUTES);
  expect(Buffer.from(request?.packet.first(AttributeType.ProxyState) ?? [])).toEqual(loopTagOf(digest));
  await close();
});

it("has no answer when the server gives none in time, or one that does not verify", async () => {
  const { account, close } = await targetWith((request, answer) => {
    const reply = replyTo(request, Code.AccountingResponse);
    reply[5] = (reply[5] ?? 0) ^ 1;
    answer(reply);
  });
  expect(await account(Date.now() + 300)).toBeUndefined();
  await close();
});

it("waits for a server as long as its response window, and tries again in it", async () => {
  const { server, account, close } = await targetWith(() => undefined, 1);
  const startedMs = Date.now();
  expect(await account(startedMs + 20_000)).toBeUndefined();
  expect(Date.now() - startedMs).toBeGreaterThanOrEqual(950);
  expect(Date.now() - startedMs).toBeLessThan(10_000);
  expect(server.requests.length).toBeGreaterThan(1);
  await close();
});

it("has no sockets and no state of accounting until somebody forwards", async () => {
  const { registry, server, close } = await targetWith(() => undefined);
  expect(await registry.metrics()).not.toContain(`127.0.0.1:${server.port}`);
  await close();
});
