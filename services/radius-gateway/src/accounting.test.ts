import { setTimeout as sleep } from "node:timers/promises";
import { topicOf, Unavailable } from "@portcullis/kit";
import {
  accountingAttributesPlace,
  answerExchange,
  type ExchangeId,
  loopTagOf,
  PLAIN_REPLY,
  type UserKey,
} from "@portcullis/login";
import {
  Accounting,
  type AccountingReceived,
  AccountingReceivedSchema,
  type AccountingRequested,
  AccountingRequestedSchema,
  AccountingStatus,
} from "@portcullis/proto";
import {
  AcctStatusType,
  type Attribute,
  AttributeType,
  attributesOf,
  Code,
  integerAttribute,
  ipv4Attribute,
  octetsAttribute,
  proxyStateAttribute,
  textAttribute,
} from "@portcullis/radius";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GatewayBench } from "./testing/gateway-bench.js";
import type { GatewayUnderTest } from "./testing/gateway-under-test.js";
import { accountingRequestOf, requestOf, SECRET, verified } from "./testing/requests.js";

const DISCARDED = "portcullis_radius_discarded_total";
const ACCOUNTING = "portcullis_radius_accounting_total";
/** Long enough for an answer that must not come. */
const SILENCE_MS = 150;

const integer = integerAttribute;
const START: readonly Attribute[] = [
  integer(AttributeType.AcctStatusType, AcctStatusType.Start),
  ...textAttribute(AttributeType.AcctSessionId, "00A1"),
  ...textAttribute(AttributeType.UserName, "CORP\\Alice"),
  ...textAttribute(AttributeType.NasIdentifier, "asa"),
  ipv4Attribute(AttributeType.FramedIpAddress, "10.0.0.9"),
  ...textAttribute(AttributeType.CallingStationId, "203.0.113.9"),
  octetsAttribute(AttributeType.Class, Uint8Array.of(0xc1, 0xa5)),
];

let bench: GatewayBench;
beforeEach(async () => {
  bench = await GatewayBench.open();
});
afterEach(() => bench.close());

async function start(accounting: Accounting, change: object = {}): Promise<GatewayUnderTest> {
  const gateway = await bench.startGateway({ listen: [{ address: "127.0.0.1", port: 0, kind: "accounting" }] });
  await gateway.setClient({ name: "vpn", generation: 2n, accounting, ...change });
  return gateway;
}

function recordedBy(gateway: GatewayUnderTest, store: (event: AccountingReceived) => Promise<void> = async () => {}) {
  const events: AccountingReceived[] = [];
  gateway.bus.subscribe(topicOf(AccountingReceivedSchema).name, async (_key, event) => {
    events.push(event as AccountingReceived);
    await store(event as AccountingReceived);
  });
  return events;
}

async function silence(): Promise<number> {
  await sleep(SILENCE_MS);
  return bench.nas.received.length;
}

describe("accounting that is recorded", () => {
  it("is answered with Proxy-States in their order, and tells what the packet says", async () => {
    const gateway = await start(Accounting.RECORD);
    const events = recordedBy(gateway);
    const proxies = ["one", "two"].map((state) => proxyStateAttribute(Buffer.from(state)));
    const request = accountingRequestOf(SECRET, [
      ...START.slice(1),
      integer(AttributeType.AcctStatusType, AcctStatusType.Stop),
      integer(AttributeType.AcctInputOctets, 5),
      integer(AttributeType.AcctInputGigawords, 2),
      integer(AttributeType.AcctOutputOctets, 4_294_967_295),
      integer(AttributeType.AcctSessionTime, 90),
      integer(AttributeType.AcctTerminateCause, 1),
      ...proxies,
    ]);
    bench.nas.send(request, gateway.port);
    const [reply] = await bench.nas.replies(1);
    const packet = verified(reply, request);
    expect(packet.code).toBe(Code.AccountingResponse);
    expect(packet.attributes().map(({ value }) => Buffer.from(value).toString())).toEqual(["one", "two"]);
    expect(events).toMatchObject([
      {
        client: "vpn",
        status: AccountingStatus.STOP,
        nas: "asa",
        sessionId: "00A1",
        userName: "CORP\\Alice",
        station: "203.0.113.9",
        framedAddress: "10.0.0.9",
        class: Uint8Array.of(0xc1, 0xa5),
        inputOctets: 2n * 2n ** 32n + 5n,
        outputOctets: 4_294_967_295n,
        sessionSeconds: 90,
        terminateCause: 1,
        sourceAddress: "127.0.0.1",
      },
    ]);
    expect(await gateway.metric(ACCOUNTING, { client: "vpn", status: "stop" })).toBe(1);
    const answered = { client: "vpn", code: "accounting-response" };
    expect(await gateway.metric("portcullis_radius_replies_total", answered)).toBe(1);
  });

  it("is answered with the same octets again, and told once", async () => {
    const gateway = await start(Accounting.RECORD);
    const events = recordedBy(gateway);
    const request = accountingRequestOf(SECRET, START);
    bench.nas.send(request, gateway.port);
    await bench.nas.replies(1);
    const other = await bench.openNas();
    other.send(request, gateway.port);
    expect((await other.replies(1))[0]).toEqual(bench.nas.received[0]);
    expect(events).toHaveLength(1);
  });

  it("has the same record id when the NAS sends it anew with another delay, and another when it is something else", async () => {
    const gateway = await start(Accounting.RECORD);
    const events = recordedBy(gateway);
    const delayed = (seconds: number) => [...START, integer(AttributeType.AcctDelayTime, seconds)];
    bench.nas.send(accountingRequestOf(SECRET, delayed(0), 1), gateway.port);
    bench.nas.send(accountingRequestOf(SECRET, delayed(60), 2), gateway.port);
    bench.nas.send(accountingRequestOf(SECRET, [...START, integer(AttributeType.NasPort, 1)], 3), gateway.port);
    await bench.nas.replies(3);
    const ids = events.map(({ recordId }) => recordId);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
    const [first, second] = events.map(({ occurredAtMs }) => Number(occurredAtMs));
    expect((first ?? 0) - (second ?? 0)).toBeGreaterThan(59_000);
  });

  it("gets no answer while it cannot be kept, and one when the NAS asks again", async () => {
    const gateway = await start(Accounting.RECORD);
    let away = true;
    const events = recordedBy(gateway, async () => {
      if (away) throw new Unavailable("no database");
    });
    const request = accountingRequestOf(SECRET, START);
    bench.nas.send(request, gateway.port);
    await gateway.untilMetric(DISCARDED, { client: "vpn", reason: "unavailable" }, 1);
    expect(await silence()).toBe(0);
    away = false;
    // A younger exchange might still be published by the gateway that has claimed it.
    await sleep(1_000);
    bench.nas.send(request, gateway.port);
    expect(verified((await bench.nas.replies(1))[0], request).code).toBe(Code.AccountingResponse);
    expect(new Set(events.map(({ recordId }) => recordId)).size).toBe(1);
  });

  it("waits for a store that takes its time, and asks it once, however often the NAS asks", async () => {
    const gateway = await start(Accounting.RECORD);
    const kept = Promise.withResolvers<void>();
    const events = recordedBy(gateway, () => kept.promise);
    const request = accountingRequestOf(SECRET, START);
    bench.nas.send(request, gateway.port);
    await sleep(1_050);
    bench.nas.send(request, gateway.port);
    expect(await silence()).toBe(0);
    kept.resolve();
    expect(await bench.nas.replies(1)).toHaveLength(1);
    expect(events).toHaveLength(1);
  });

  it("is silent for a wrong secret and one wrong bit, and takes a right Message-Authenticator's absence", async () => {
    const gateway = await start(Accounting.RECORD);
    const events = recordedBy(gateway);
    bench.nas.send(accountingRequestOf("another secret", START), gateway.port);
    const request = accountingRequestOf(SECRET, START);
    const bent = Buffer.from(request);
    bent[bent.length - 1] = (bent.at(-1) ?? 0) ^ 1;
    bench.nas.send(bent, gateway.port);
    await gateway.untilMetric(DISCARDED, { client: "vpn", reason: "request-authenticator-wrong" }, 2);
    expect(await silence()).toBe(0);
    expect(events).toEqual([]);
    bench.nas.send(request, gateway.port);
    expect(await bench.nas.replies(1)).toHaveLength(1);
  });

  it.each([
    ["another status", [integer(AttributeType.AcctStatusType, 9), ...START.slice(1)], "other"],
    ["no status", START.slice(1), "other"],
    ["no session", [...START.slice(0, 1), ...START.slice(2)], "without-session-id"],
  ])("is answered and counted, and nothing is kept, with %s", async (_what, attributes, status) => {
    const gateway = await start(Accounting.RECORD);
    const events = recordedBy(gateway);
    const request = accountingRequestOf(SECRET, attributes);
    bench.nas.send(request, gateway.port);
    expect(verified((await bench.nas.replies(1))[0], request).code).toBe(Code.AccountingResponse);
    expect(await gateway.metric(ACCOUNTING, { client: "vpn", status })).toBe(1);
    expect(events).toEqual([]);
  });

  it("knows a NAS by its address, and the start of one", async () => {
    const gateway = await start(Accounting.RECORD);
    const events = recordedBy(gateway);
    const on = integer(AttributeType.AcctStatusType, AcctStatusType.AccountingOn);
    const v6 = Buffer.from("20010db8000000000000000000000001", "hex");
    bench.nas.send(
      accountingRequestOf(SECRET, [on, ipv4Attribute(AttributeType.NasIpAddress, "192.0.2.7")], 1),
      gateway.port,
    );
    bench.nas.send(
      accountingRequestOf(SECRET, [on, octetsAttribute(AttributeType.NasIpv6Address, v6)], 2),
      gateway.port,
    );
    bench.nas.send(accountingRequestOf(SECRET, [on], 3), gateway.port);
    await bench.nas.replies(3);
    expect(events.map(({ nas, status }) => [nas, status])).toEqual([
      ["192.0.2.7", AccountingStatus.NAS_ON],
      ["2001:db8:0:0:0:0:0:1", AccountingStatus.NAS_ON],
      ["127.0.0.1", AccountingStatus.NAS_ON],
    ]);
  });
});

describe("accounting that is forwarded", () => {
  /** What authn-primary does with an event; `undefined` for a target that does not answer. */
  function targetOf(gateway: GatewayUnderTest, answers: () => Uint8Array | undefined): AccountingRequested[] {
    const events: AccountingRequested[] = [];
    gateway.bus.subscribe(topicOf(AccountingRequestedSchema).name, async (_key, event) => {
      const { exchangeId, userKey, keepMs } = event as AccountingRequested;
      events.push(event as AccountingRequested);
      const attributes = answers();
      if (attributes === undefined) return;
      const ref = { exchangeId: exchangeId as ExchangeId, userKey: userKey as UserKey };
      const reply = { ...PLAIN_REPLY, verdict: "accept", attributes } as const;
      await answerExchange({ store: bench.store, replies: bench.keys.replies }, ref, reply, keepMs);
    });
    return events;
  }

  it("goes to the target as it is, without what belongs to the client's hop, and its answer comes back", async () => {
    const gateway = await start(Accounting.FORWARD);
    const events = targetOf(gateway, () => Buffer.of(26, 8, 0, 0, 0, 9, 1, 2));
    const recorded = recordedBy(gateway);
    const request = accountingRequestOf(SECRET, [...START, proxyStateAttribute(Buffer.from("theirs"))]);
    bench.nas.send(request, gateway.port);
    const packet = verified((await bench.nas.replies(1))[0], request);
    expect(packet.attributes().map(({ type }) => type)).toEqual([
      AttributeType.VendorSpecific,
      AttributeType.ProxyState,
    ]);
    const [event] = events;
    const place = accountingAttributesPlace(event?.exchangeId as ExchangeId);
    const sent = bench.keys.sealer.open(event?.sealedAttributes ?? Buffer.of(), place);
    expect(attributesOf(sent ?? Buffer.of())).toEqual(
      START.map(({ type, value }) => ({ type, value: Buffer.from(value) })),
    );
    expect(recorded).toEqual([]);
  });

  it("gets no answer while the target gives none, and the target is asked again when the NAS does", async () => {
    const gateway = await start(Accounting.FORWARD);
    let answer: Uint8Array | undefined;
    const events = targetOf(gateway, () => answer);
    const request = accountingRequestOf(SECRET, START);
    bench.nas.send(request, gateway.port);
    await gateway.until(() => events.length === 1);
    expect(await silence()).toBe(0);
    answer = Buffer.of();
    await sleep(1_000);
    bench.nas.send(request, gateway.port);
    expect(verified((await bench.nas.replies(1))[0], request).code).toBe(Code.AccountingResponse);
    expect(events).toHaveLength(2);
  });

  it("is dropped when it is our own that came back", async () => {
    const gateway = await start(Accounting.FORWARD);
    const events = targetOf(gateway, () => Buffer.of());
    const ours = proxyStateAttribute(loopTagOf(bench.keys.digest));
    bench.nas.send(accountingRequestOf(SECRET, [...START, ours]), gateway.port);
    await gateway.untilMetric(DISCARDED, { client: "vpn", reason: "accounting-loop" }, 1);
    expect(events).toEqual([]);
  });
});

describe("accounting and logins of one client", () => {
  it("do not take each other's place when they have the same Identifier, over the same port", async () => {
    const listen = [
      { address: "127.0.0.1", port: 0 },
      { address: "127.0.0.1", port: 0, kind: "accounting" as const },
    ];
    const gateway = await bench.startGateway({ listen });
    await gateway.setClient({ name: "vpn", generation: 2n, accounting: Accounting.RECORD });
    const kept = Promise.withResolvers<void>();
    recordedBy(gateway, () => kept.promise);
    const accounting = accountingRequestOf(SECRET, START, 7);
    bench.nas.send(accounting, gateway.ports[1] ?? 0);
    const login = requestOf({ identifier: 7 });
    bench.nas.send(login, gateway.port);
    expect(verified((await bench.nas.replies(1))[0], login).code).toBe(Code.AccessAccept);
    kept.resolve();
    expect(verified((await bench.nas.replies(2))[1], accounting).code).toBe(Code.AccountingResponse);
  });
});
