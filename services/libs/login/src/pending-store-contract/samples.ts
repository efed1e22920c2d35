import type { ClaimRequest, ExchangeRef } from "../exchange-store.js";
import type { AnswerId, ExchangeId, GatewayId, LoginId, UserId, UserKey } from "../ids.js";
import type { AnswerRequest, LoginRef, OpenRequest, Settlement } from "../login-store.js";
import type { PendingStore } from "../pending-store.js";

/** A store for one test, empty at its start. */
export interface StoreUnderTest {
  readonly store: PendingStore;
  /** Lets at least so much of the store's time pass. */
  readonly pass: (durationMs: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Long enough for a few calls on a busy machine, short enough to be waited for. */
export const SHORT_MS = 400;
export const LONG_MS = 60_000;

export const A = "gateway-a" as GatewayId;
export const B = "gateway-b" as GatewayId;
export const ALICE = "alice" as UserId;
export const BOB = "bob" as UserId;
const LOCKOUT = { maxFailures: 10, windowMs: LONG_MS };

/** Every byte there is, twice, so that nothing along the way takes them for text. */
export const ALL_BYTES = Uint8Array.from({ length: 512 }, (_, index) => index % 256);

export function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}

export function exchange(id: string): ExchangeRef {
  return { userKey: "key-of-alice" as UserKey, exchangeId: id as ExchangeId };
}

export function login(id: string, userId = ALICE): LoginRef {
  return { userId, loginId: id as LoginId };
}

export function claimOf(id: string, changes: Partial<ClaimRequest> = {}): ClaimRequest {
  return {
    ...exchange(id),
    gatewayId: A,
    client: "vpn",
    slot: `slot of ${id}`,
    timeLimitMs: LONG_MS,
    keepMs: LONG_MS,
    maxExchanges: 100,
    startsLogin: false,
    context: bytes(`context of ${id}`),
    ...changes,
  };
}

export function openingOf(id: string, changes: Partial<OpenRequest> = {}): OpenRequest {
  return {
    ...login(id),
    client: "vpn",
    station: "station-1",
    credentialDigest: "password-1",
    lifetimeMs: LONG_MS,
    keepMs: LONG_MS,
    maxTries: 3,
    maxOpen: 5,
    lockout: LOCKOUT,
    prompt: bytes(`prompt of ${id}`),
    context: bytes(`context of ${id}`),
    ...changes,
  };
}

export function answerOf(id: string, answer: string, changes: Partial<AnswerRequest> = {}): AnswerRequest {
  const exchangeId = `exchange of ${answer}`.replaceAll(" ", "-") as ExchangeId;
  return { ...login(id), answerId: answer as AnswerId, exchangeId, round: 1, lockout: LOCKOUT, ...changes };
}

type Changed = Partial<Pick<Settlement, "userId" | "loginId" | "keepMs" | "lockout">>;

export function rightOf(id: string, answer: string, changes: Changed = {}): Settlement {
  return {
    ...login(id),
    answerId: answer as AnswerId,
    keepMs: LONG_MS,
    lockout: LOCKOUT,
    ...changes,
    kind: "right",
    reply: bytes(`accept of ${answer}`),
    outcome: bytes(`accepted by ${answer}`),
  };
}

export function wrongOf(id: string, answer: string, changes: Changed = {}): Settlement {
  return {
    ...login(id),
    answerId: answer as AnswerId,
    keepMs: LONG_MS,
    lockout: LOCKOUT,
    ...changes,
    kind: "wrong",
    prompt: bytes(`prompt after ${answer}`),
    reject: bytes(`reject of ${answer}`),
    outcome: bytes(`rejected by ${answer}`),
  };
}
