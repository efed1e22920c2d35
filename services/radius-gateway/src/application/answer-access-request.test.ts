import { createSecretKey, randomBytes } from "node:crypto";
import { KeyedDigest, PooledRandom, Sealer } from "@portcullis/kit";
import { decodeContext, type ExchangeId, type FrontEndRequest, type GatewayId, StateSealer } from "@portcullis/login";
import { expect, it, vi } from "vitest";
import type { AccessRequest } from "../domain/access-request.js";
import { AnswerAccessRequest } from "./answer-access-request.js";
import type { LoginEvents } from "./ports.js";

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
  const parts = { random, sealer, events, states: new StateSealer(sealer), digest: new KeyedDigest(key()) };
  const gateway = { gatewayId: "0a".repeat(16) as GatewayId, keepMs: 30_000, clock: { nowMs: () => CLAIMED_AT_MS } };
  const use = new AnswerAccessRequest({ ...parts, ...gateway, frontEnd: { submit } });
  return { use, submitted, loginRequested };
}

it("gives the same octets another login id each time that they are claimed anew", async () => {
  const { use, submitted } = setUp();
  await use.answer(request);
  await use.answer(request);
  const ids = submitted.map(({ context }) => decodeContext(context).loginId);
  expect(new Set(ids).size).toBe(2);
  expect(ids).not.toContain(request.exchangeId);
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
