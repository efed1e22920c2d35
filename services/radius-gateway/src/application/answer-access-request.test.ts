import { createSecretKey, randomBytes } from "node:crypto";
import { KeyedDigest, PooledRandom, Sealer } from "@portcullis/kit";
import {
  appendedCodePlace,
  decodeContext,
  type ExchangeId,
  type FrontEndRequest,
  type GatewayId,
  type LoginId,
  passwordPlace,
  StateSealer,
  type UserId,
  userKeyOf,
} from "@portcullis/login";
import { expect, it, vi } from "vitest";
import type { AccessRequest } from "../domain/access-request.js";
import { AnswerAccessRequest } from "./answer-access-request.js";
import type { LoginEvents } from "./ports.js";

const NOTHING = new Uint8Array();
const CLAIMED_AT_MS = 1_000;

const request: AccessRequest = {
  exchangeId: "0e".repeat(16) as ExchangeId,
  slot: "192.0.2.1|1812|7",
  client: { name: "vpn", timeLimitMs: 20_000, maxExchanges: 100, forwards: false },
  sourceAddress: "192.0.2.1",
  userName: { text: "alice", usable: true },
  station: "",
  state: undefined,
  credential: { kind: "password", password: Buffer.from("correct horse") },
  keyName: "alice",
  looped: false,
  attributes: () => new Uint8Array(),
};

function setUp() {
  const key = () => createSecretKey(randomBytes(32));
  const random = new PooledRandom();
  const sealer = new Sealer({ active: 1, sealing: new Map([[1, key()]]), digest: key(), audit: key() }, random);
  const submitted: FrontEndRequest[] = [];
  const submit = async (handedIn: FrontEndRequest) => {
    submitted.push(handedIn);
    return { kind: "none", why: "timed-out" } as const;
  };
  const loginRequested = vi.fn<LoginEvents["loginRequested"]>(async () => undefined);
  const events = { loginRequested, challengeAnswered: async () => undefined };
  const [states, digest] = [new StateSealer(sealer), new KeyedDigest(key())];
  const parts = { random, sealer, events, states, digest };
  const stages = { trace: () => undefined };
  const gateway = {
    stages,
    gatewayId: "0a".repeat(16) as GatewayId,
    keepMs: 30_000,
    clock: { nowMs: () => CLAIMED_AT_MS },
  };
  const use = new AnswerAccessRequest({ ...parts, ...gateway, frontEnd: { submit } });
  return { use, submitted, loginRequested, states, digest, sealer };
}

it("tells a State that was issued to this client and user from any other, and from none", () => {
  const { use, states, digest } = setUp();
  const token = {
    kind: "prompt",
    loginId: "01".repeat(16) as LoginId,
    userId: "02".repeat(16) as UserId,
    round: 1,
  } as const;
  const stateOf = (client: string, name: string) => states.seal(token, { client, userKey: userKeyOf(digest, name) });
  const bent = Buffer.from(stateOf("vpn", "alice") ?? []);
  bent[40] = (bent[40] ?? 0) ^ 1;
  const of = (state: Uint8Array | undefined) => use.continuesLogin({ ...request, state });
  expect(of(stateOf("vpn", "alice"))).toBe(true);
  expect([of(bent), of(stateOf("wifi", "alice")), of(stateOf("vpn", "bob")), of(undefined)]).toEqual(
    Array(4).fill(false),
  );
});

it("gives the same octets another login id each time that they are claimed anew", async () => {
  const { use, submitted } = setUp();
  await use.answer(request);
  await use.answer(request);
  const ids = submitted.map(({ context }) => decodeContext(context).loginId);
  expect(new Set(ids).size).toBe(2);
  expect(ids).not.toContain(request.exchangeId);
});

it("seals password and code apart, each for its place, and gives the target the password alone", async () => {
  const { use, submitted, loginRequested, sealer } = setUp();
  const client = {
    ...request.client,
    forwards: true,
    appendedCode: { separator: "," },
    passwordCharset: "latin1",
  } as const;
  const credential = { kind: "password", password: Buffer.from("h\xf6rse,123456", "latin1") } as const;
  const attributes = vi.fn<AccessRequest["attributes"]>(() => Buffer.from("attributes"));
  await use.answer({ ...request, client, credential, attributes });
  await submitted[0]?.publish(CLAIMED_AT_MS, submitted[0].context);
  const { sealedPassword = NOTHING, sealedCode = NOTHING } = loginRequested.mock.calls[0]?.[0] ?? {};
  expect(sealer.open(sealedPassword, passwordPlace(request.exchangeId))?.toString()).toBe("hörse");
  expect(sealer.open(sealedCode, appendedCodePlace(request.exchangeId))?.toString()).toBe("123456");
  expect(sealer.open(sealedCode, passwordPlace(request.exchangeId))).toBeUndefined();
  expect(attributes).toHaveBeenCalledWith({ password: Buffer.from("h\xf6rse", "latin1") });
});

it("publishes the login id and the time of the first claim, whichever gateway publishes", async () => {
  const { use, submitted, loginRequested } = setUp();
  await use.answer(request);
  await use.answer(request);
  const [first, second] = submitted;
  const context = first?.context ?? new Uint8Array();
  await second?.publish(CLAIMED_AT_MS - 500, context);
  const published = loginRequested.mock.calls[0]?.[0].context;
  expect(published).toMatchObject({
    loginId: decodeContext(context).loginId,
    exchangeId: request.exchangeId,
    claimedAtMs: CLAIMED_AT_MS - 500,
    deadlineMs: CLAIMED_AT_MS + 19_500,
  });
});
