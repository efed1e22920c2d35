import { createSecretKey, randomBytes } from "node:crypto";
import { KeyedDigest, type KeyRing, PooledRandom, Sealer, Unavailable } from "@portcullis/kit";
import {
  appendedCodePlace,
  type ExchangeId,
  type GatewayId,
  type LoginContext,
  type LoginId,
  passwordPlace,
  requestAttributesPlace,
  type UserId,
  type UserKey,
} from "@portcullis/login";
import { beforeEach, describe, expect, it } from "vitest";
import type { Account } from "../domain/account.js";
import type { Attempt, TargetAnswer } from "../domain/first-factor.js";
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

const unknown: TargetAnswer = { kind: "refused", reason: "FAILED_USER_UNKNOWN" };
let answer: TargetAnswer;
let asked: string[];
let attempts: Attempt[];
let clients: ClientRegistry;
let checkFirstFactor: CheckFirstFactor;
beforeEach(() => {
  answer = { kind: "accepted" };
  asked = [];
  attempts = [];
  clients = new ClientRegistry();
  clients.takeClient("vpn", { generation: 1, target: "local" });
  clients.takeClient("gateway", { generation: 1, target: "trusted" });
  clients.takeTarget("trusted", { generation: 1, target: new NoneTarget() });
  const find = (loginName: string) => {
    asked.push(loginName);
    if (loginName === "broken") return Promise.reject(new Unavailable("no database"));
    return Promise.resolve([alice, dora].find((account) => NAMES.get(account.userId) === loginName));
  };
  const local = {
    check: (attempt: Attempt): Promise<TargetAnswer> => {
      attempts.push(attempt);
      return Promise.resolve(attempt.account === undefined ? unknown : answer);
    },
  };
  clients.takeTarget("local", { generation: 1, target: local });
  checkFirstFactor = new CheckFirstFactor({
    accounts: { find, keep: () => Promise.resolve() },
    targets: clients,
    sealer,
    digest: new KeyedDigest(key()),
  });
});

function check(request: Partial<FirstFactorRequest>, changes: Partial<LoginContext> = {}) {
  const whole: Omit<FirstFactorRequest, "context"> = {
    credential: "password",
    sealedPassword: sealed("correct horse"),
    sealedCode: undefined,
    sealedAttributes: undefined,
    server: undefined,
    refusal: undefined,
    ...request,
  };
  return checkFirstFactor.check({ ...whole, context: { ...context, ...changes } });
}

describe("CheckFirstFactor", () => {
  it("finds the user by the name's local part and hands her password to the client's target", async () => {
    const decision = await check({});
    expect(decision).toEqual({
      context,
      credential: "password",
      answer: { kind: "accepted" },
      userId: alice.userId,
      userKnown: true,
      identityUnproven: false,
      server: undefined,
      further: false,
      credentialDigest: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(asked).toEqual(["alice"]);
    const { client, deadlineMs } = context;
    const common = { exchangeId, client, deadlineMs, credential: "password", attributes: undefined, server: undefined };
    expect(attempts).toEqual([{ ...common, account: alice, password: Buffer.from("correct horse") }]);
  });

  it("passes a code on as it came, once the password was right", async () => {
    const sealedCode = sealer.seal(Buffer.from("123456"), appendedCodePlace(exchangeId));
    expect((await check({ sealedCode })).sealedCode).toBe(sealedCode);
    expect((await check({ sealedCode }, { userName: "mallory" })).sealedCode).toBeUndefined();
    expect((await check({})).sealedCode).toBeUndefined();
  });

  it("looks nobody up for an access list, not even whom the target names, and has one from RADIUS servers only", async () => {
    answer = { kind: "accepted", userName: "alice" };
    const accepts = { check: async (): Promise<TargetAnswer> => answer };
    clients.takeTarget("local", { generation: 2, target: accepts });
    const download = { credential: "acl-download", sealedPassword: undefined } as const;
    for (const userName of ["#ACSACL#-IP-staff", "alice"]) {
      const decision = await check(download, { userName });
      expect(decision).toMatchObject({ answer: { kind: "accepted" }, userKnown: false, userId: userKey });
    }
    expect(asked).toEqual([]);
    expect((await check(download, { client: "gateway" })).answer).toEqual({
      kind: "refused",
      reason: "FAILED_REQUEST_INVALID",
    });
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
      answer: unknown,
      userId: userKey,
      userKnown: false,
      credentialDigest: "",
    });
    const disabled = { client: "gateway", userName: "dora" };
    expect(await check({}, disabled)).toMatchObject({
      answer: { kind: "refused", reason: "FAILED_USER_DISABLED" },
      userId: dora.userId,
      userKnown: true,
      credentialDigest: "",
    });
  });

  it("passes an unknown user of a trusted client under her user key, with or without a password", async () => {
    const trusted = { client: "gateway", userName: "mallory" };
    const expected = { answer: { kind: "accepted" }, userId: userKey, userKnown: false };
    expect(await check({}, trusted)).toMatchObject(expected);
    expect(await check({ sealedPassword: undefined }, trusted)).toMatchObject(expected);
  });

  it("checks nothing that the front end refuses", async () => {
    const garbage = Buffer.from("garbage");
    expect(await check({ refusal: "FAILED_STATE_INVALID", sealedPassword: garbage })).toEqual({
      context,
      credential: "password",
      answer: { kind: "refused", reason: "FAILED_STATE_INVALID" },
      userId: userKey,
      userKnown: false,
      identityUnproven: false,
      server: undefined,
      further: false,
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
    expect(await check({}, { userName: "CORP\\" })).toMatchObject({ answer: unknown });
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

  it("takes whom a target names for the user, and nobody whom only an outer name of EAP names", async () => {
    const eap = { credential: "eap", sealedPassword: undefined } as const;
    answer = { kind: "accepted", userName: "CORP\\dora" };
    expect(await check(eap)).toMatchObject({ userId: dora.userId, userKnown: true, identityUnproven: false });
    answer = { kind: "accepted", userName: "corp\\ALICE" };
    const named = { userId: alice.userId, userKnown: true, provenName: "alice" };
    expect(await check(eap)).toMatchObject(named);
    answer = { kind: "accepted", userName: "mallory" };
    expect(await check(eap)).toMatchObject({ userId: userKey, userKnown: false, provenName: undefined });
    for (const nobody of [{}, { userName: "anonymous" }, { userName: "@corp.example" }]) {
      answer = { kind: "accepted", ...nobody };
      expect(await check(eap)).toMatchObject({ userId: userKey, userKnown: false, identityUnproven: true });
    }
    answer = { kind: "accepted" };
    expect(await check({})).toMatchObject({ userId: alice.userId, identityUnproven: false, provenName: undefined });
  });

  it("lets no disabled user in whom the target names, though the request named another one", async () => {
    answer = { kind: "accepted", userName: "dora", attributes: Buffer.from("her network") };
    const refused = { kind: "refused", reason: "FAILED_USER_DISABLED" };
    expect(await check({})).toMatchObject({ answer: refused, userId: dora.userId, credentialDigest: "" });
    answer = { kind: "accepted", userName: "alice" };
    expect(await check({})).toMatchObject({ answer, userId: alice.userId });
  });

  it("goes on with the server that challenged, and says so", async () => {
    const state = Buffer.from("its state");
    answer = { kind: "challenged", server: "radius-1", state, attributes: new Uint8Array() };
    expect(await check({})).toMatchObject({ answer, server: "radius-1", credentialDigest: "" });
    answer = { kind: "accepted" };
    expect(await check({ server: "radius-1" })).toMatchObject({ server: "radius-1" });
    expect(attempts.map(({ server }) => server)).toEqual([undefined, "radius-1"]);
  });

  it("opens the attributes for its exchange only", async () => {
    const place = requestAttributesPlace(exchangeId);
    await check({ sealedAttributes: sealed("attributes", place) });
    expect(attempts[0]?.attributes).toEqual(Buffer.from("attributes"));
    const moved = sealed("attributes", passwordPlace(exchangeId));
    await expect(check({ sealedAttributes: moved })).rejects.toThrow("not sealed for its exchange");
  });
});
