import { createSecretKey, randomBytes } from "node:crypto";
import { KeyedDigest, type KeyRing, PooledRandom, Sealer, Unavailable } from "@portcullis/kit";
import {
  type ExchangeId,
  type GatewayId,
  type LoginContext,
  type LoginId,
  passwordPlace,
  type UserId,
  type UserKey,
} from "@portcullis/login";
import { beforeEach, describe, expect, it } from "vitest";
import type { Account } from "../domain/account.js";
import type { Attempt } from "../domain/first-factor.js";
import { CheckFirstFactor, type FirstFactorRequest } from "./check-first-factor.js";
import { ClientRegistry } from "./client-registry.js";
import { NoneTarget } from "./targets/none-target.js";

const exchangeId = "0123456789abcdef0123456789abcdef" as ExchangeId;
const userKey = "00000000000000000000000000000001" as UserKey;
const context: LoginContext = {
  loginId: exchangeId as string as LoginId,
  exchangeId,
  userKey,
  gatewayId: "gateway" as GatewayId,
  client: "vpn",
  userName: "CORP\\Alice",
  station: "",
  sourceAddress: "127.0.0.1",
  claimedAtMs: 1,
  deadlineMs: 2,
};
const alice: Account = { userId: "a11ce" as UserId, enabled: true, passwordHash: undefined };

const dora: Account = { ...alice, userId: "d02a" as UserId, enabled: false };

const NAMES = new Map([
  [alice.userId, "alice"],
  [dora.userId, "dora"],
]);

const key = () => createSecretKey(randomBytes(32));
function ring(keyId: number): KeyRing {
  return { active: keyId, sealing: new Map([[keyId, key()]]), digest: key(), audit: key() };
}
const sealer = new Sealer(ring(1), new PooledRandom());
const sealed = (password: string, place = passwordPlace(exchangeId)) => sealer.seal(Buffer.from(password), place);

let asked: string[];
let attempts: Attempt[];
let clients: ClientRegistry;
let checkFirstFactor: CheckFirstFactor;
beforeEach(() => {
  asked = [];
  attempts = [];
  clients = new ClientRegistry();
  clients.takeClient("vpn", { generation: 1, target: "local" });
  clients.takeClient("gateway", { generation: 1, target: "trusted" });
  clients.takeTarget("local", { generation: 1, type: "local" });
  clients.takeTarget("trusted", { generation: 1, type: "none" });
  const find = (loginName: string) => {
    asked.push(loginName);
    if (loginName === "broken") return Promise.reject(new Unavailable("no database"));
    return Promise.resolve([alice, dora].find((account) => NAMES.get(account.userId) === loginName));
  };
  const local = {
    check: (attempt: Attempt) => {
      attempts.push(attempt);
      return Promise.resolve(attempt.account === undefined ? ("FAILED_USER_UNKNOWN" as const) : undefined);
    },
  };
  checkFirstFactor = new CheckFirstFactor({
    accounts: { find, keep: () => Promise.resolve() },
    clients,
    targets: { local, none: new NoneTarget() },
    sealer,
    digest: new KeyedDigest(key()),
  });
});

function check(request: Partial<FirstFactorRequest>, changes: Partial<LoginContext> = {}) {
  const whole = { sealedPassword: sealed("correct horse"), refusal: undefined, ...request };
  return checkFirstFactor.check({ ...whole, context: { ...context, ...changes } });
}

describe("CheckFirstFactor", () => {
  it("finds the user by the name's local part and hands her password to the client's target", async () => {
    const decision = await check({});
    expect(decision).toEqual({
      context,
      refusal: undefined,
      userId: alice.userId,
      userKnown: true,
      credentialDigest: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(asked).toEqual(["alice"]);
    expect(attempts).toEqual([{ account: alice, password: Buffer.from("correct horse") }]);
  });

  it("gives the same credential the same digest, in every exchange of a user", async () => {
    const other = "ffffffffffffffffffffffffffffffff" as ExchangeId;
    const again = await check(
      { sealedPassword: sealed("correct horse", passwordPlace(other)) },
      { exchangeId: other, userName: "alice@corp.example" },
    );
    const different = await check({ sealedPassword: sealed("battery staple") });
    const first = await check({});
    expect(again.credentialDigest).toBe(first.credentialDigest);
    expect(different.credentialDigest).not.toBe(first.credentialDigest);
  });

  it("passes the target's refusal on, with the user's id when there is one, and without a digest of what was typed", async () => {
    expect(await check({}, { userName: "mallory" })).toMatchObject({
      refusal: "FAILED_USER_UNKNOWN",
      userId: userKey,
      userKnown: false,
      credentialDigest: "",
    });
    const disabled = { client: "gateway", userName: "dora" };
    expect(await check({}, disabled)).toMatchObject({
      refusal: "FAILED_USER_DISABLED",
      userId: dora.userId,
      userKnown: true,
      credentialDigest: "",
    });
  });

  it("passes an unknown user of a trusted client under her user key, with or without a password", async () => {
    const trusted = { client: "gateway", userName: "mallory" };
    const expected = { refusal: undefined, userId: userKey, userKnown: false };
    expect(await check({}, trusted)).toMatchObject(expected);
    expect(await check({ sealedPassword: undefined }, trusted)).toMatchObject(expected);
  });

  it("checks nothing that the front end refuses", async () => {
    const garbage = Buffer.from("garbage");
    expect(await check({ refusal: "FAILED_STATE_INVALID", sealedPassword: garbage })).toEqual({
      context,
      refusal: "FAILED_STATE_INVALID",
      userId: userKey,
      userKnown: false,
      credentialDigest: "",
    });
    expect([asked, attempts]).toEqual([[], []]);
  });

  it("waits for the news of a client, and of its target", async () => {
    await expect(check({}, { client: "stranger" })).rejects.toThrow(Unavailable);
    clients.takeTarget("local", undefined);
    await expect(check({})).rejects.toThrow(Unavailable);
  });

  it("asks for nobody when nothing is left of the name", async () => {
    expect(await check({}, { userName: "CORP\\" })).toMatchObject({ refusal: "FAILED_USER_UNKNOWN" });
    expect(asked).toEqual([]);
    expect(attempts).toHaveLength(1);
  });

  it("calls a password poison that was sealed for another exchange, or changed by one bit", async () => {
    const moved = sealed("correct horse", passwordPlace("f".repeat(32) as ExchangeId));
    await expect(check({ sealedPassword: moved })).rejects.toThrow("not sealed for its exchange");
    const bent = sealed("correct horse");
    bent[bent.length - 1] = (bent.at(-1) ?? 0) ^ 1;
    const trouble = await check({ sealedPassword: bent }).catch((error: unknown) => error);
    expect(trouble).toBeInstanceOf(Error);
    expect(trouble).not.toBeInstanceOf(Unavailable);
    expect(attempts).toEqual([]);
  });

  it("waits for a key that is not here yet, and for a store that is away", async () => {
    const newer = new Sealer(ring(2), new PooledRandom()).seal(Buffer.from("x"), passwordPlace(exchangeId));
    await expect(check({ sealedPassword: newer })).rejects.toBeInstanceOf(Unavailable);
    await expect(check({}, { userName: "broken" })).rejects.toBeInstanceOf(Unavailable);
  });
});
