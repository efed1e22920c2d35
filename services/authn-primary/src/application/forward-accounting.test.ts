import { createSecretKey, randomBytes } from "node:crypto";
import { type KeyRing, PooledRandom, Sealer, systemClock, Unavailable } from "@portcullis/kit";
import {
  accountingAttributesPlace,
  type ExchangeId,
  type GatewayId,
  MemoryPendingStore,
  ReplySealer,
  type UserKey,
} from "@portcullis/login";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ClientRegistry } from "./client-registry.js";
import { ForwardAccounting } from "./forward-accounting.js";
import type { Target, TargetAccounting } from "./ports.js";
import { AskedOnce } from "./targets/asked-once.js";
import { NoneTarget } from "./targets/none-target.js";

const exchangeId = "0123456789abcdef0123456789abcdef" as ExchangeId;
const userKey = "00000000000000000000000000000001" as UserKey;
const ATTRIBUTES = Buffer.of(1, 7, 0x61, 0x6c, 0x69, 0x63, 0x65);

const key = () => createSecretKey(randomBytes(32));
const ring: KeyRing = { active: 1, sealing: new Map([[1, key()]]), digest: key(), audit: key() };
const random = new PooledRandom();
const sealer = new Sealer(ring, random);
const replies = new ReplySealer(sealer);
const sealedAttributes = sealer.seal(ATTRIBUTES, accountingAttributesPlace(exchangeId));

let store: MemoryPendingStore;
let asked: TargetAccounting[];
let answer: Uint8Array | undefined | Error;
let targets: ClientRegistry;
let forward: ForwardAccounting;

beforeEach(async () => {
  store = new MemoryPendingStore(systemClock);
  asked = [];
  answer = Buffer.of();
  targets = new ClientRegistry();
  targets.takeClient("vpn", { generation: 1, target: "nps" });
  const target: Target = {
    check: () => Promise.reject(new Error("not asked")),
    account: (accounting) => {
      asked.push(accounting);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  targets.takeTarget("nps", { generation: 1, target: new AskedOnce(target) });
  forward = new ForwardAccounting({ store, replies, targets, sealer, random });
  await store.claim({
    userKey,
    exchangeId,
    gatewayId: "gateway" as GatewayId,
    client: "vpn",
    slot: "slot",
    timeLimitMs: 10_000,
    keepMs: 10_000,
    maxExchanges: 10,
    startsLogin: false,
    context: new Uint8Array(),
  });
});
afterEach(() => store.close());

const execute = (change: Partial<Parameters<ForwardAccounting["execute"]>[0]> = {}) =>
  forward.execute({ exchangeId, userKey, client: "vpn", sealedAttributes, deadlineMs: 2, keepMs: 10_000, ...change });
const status = async () => (await store.inspectExchange({ userKey, exchangeId })).kind;

describe("ForwardAccounting", () => {
  it("asks the client's target, then answers the exchange with what it said", async () => {
    answer = Buffer.of(26, 3, 9);
    await execute();
    expect(asked).toMatchObject([{ exchangeId, client: "vpn", attributes: ATTRIBUTES, deadlineMs: 2 }]);
    const [sealed] = await store.replies([{ userKey, exchangeId }]);
    expect(replies.open({ exchangeId }, sealed ?? Buffer.of())).toMatchObject({
      verdict: "accept",
      attributes: answer,
    });
  });

  it("leaves the exchange open without an answer, and asks again when it comes again", async () => {
    answer = undefined;
    await execute();
    expect(await status()).toBe("waiting");
    answer = Buffer.of();
    await execute();
    expect([await status(), asked.length]).toEqual(["decided", 2]);
  });

  it("asks once when its event comes again after an answer", async () => {
    await execute();
    await execute();
    expect(asked).toHaveLength(1);
  });

  it("waits for a client or target that is not known yet, and for one that takes no accounting yet", async () => {
    await expect(execute({ client: "late" })).rejects.toThrow(Unavailable);
    targets.takeTarget("nps", { generation: 2, target: new AskedOnce(new NoneTarget()) });
    await expect(execute()).rejects.toThrow(Unavailable);
    answer = new Unavailable("not now");
    expect(asked).toEqual([]);
  });

  it("refuses attributes that were not sealed for this exchange, one wrong bit, or none", async () => {
    const elsewhere = sealer.seal(ATTRIBUTES, accountingAttributesPlace("f".repeat(32) as ExchangeId));
    const bent = Buffer.from(sealedAttributes);
    bent[bent.length - 1] = (bent.at(-1) ?? 0) ^ 1;
    for (const wrong of [elsewhere, bent, Buffer.of()]) {
      await expect(execute({ sealedAttributes: wrong })).rejects.toThrow("not sealed for its exchange");
    }
    expect([asked.length, await status()]).toEqual([0, "waiting"]);
  });
});
