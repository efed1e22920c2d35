import fc from "fast-check";
import type { AnswerId, ExchangeId, GatewayId } from "../ids.js";
import type { FinishRequest, NextRound, OpenRequest, Settlement } from "../login-store.js";
import type { PendingStore } from "../pending-store.js";
import { answerOf, bytes, claimOf, exchange, LONG_MS, login, openingOf, rightOf, wrongOf } from "./samples.js";

/** One call of a store; the same one gives the same result on every store that has had the same calls before. */
export interface RandomCall {
  readonly text: string;
  readonly make: (store: PendingStore) => Promise<unknown>;
}

const exchangeId = fc.constantFrom("x1", "x2", "x3", "x4", "x5");
const loginId = fc.constantFrom("l1", "l2", "l3", "l4");
const answerId = fc.constantFrom("a1", "a2", "a3", "a4", "a5", "a6");
/** Over at once, or not before the run has ended. */
const durationMs = fc.constantFrom(0, LONG_MS, LONG_MS);
const round = fc.constantFrom(1, 1, 1, 2, 2, 3);
const lockout = fc.constantFrom({ maxFailures: 3, windowMs: LONG_MS }, { maxFailures: 6, windowMs: LONG_MS });

function call<T>(name: string, what: fc.Arbitrary<T>, make: (store: PendingStore, what: T) => Promise<unknown>) {
  return what.map(
    (value): RandomCall => ({
      text: `${name} ${JSON.stringify(value)}`,
      make: (store) => make(store, value),
    }),
  );
}

const claim = fc.record({
  id: exchangeId,
  gatewayId: fc.constantFrom("a" as GatewayId, "b" as GatewayId),
  maxExchanges: fc.constantFrom(2, 100),
  keepMs: durationMs,
  startsLogin: fc.boolean(),
});
const decision = fc.record({ id: exchangeId, ends: fc.boolean(), keepMs: durationMs });
const opening = fc.record({
  id: loginId,
  client: fc.constantFrom("vpn", "gateway"),
  station: fc.constantFrom("", "one", "two"),
  credentialDigest: fc.constantFrom("p1", "p2"),
  lifetimeMs: durationMs,
  keepMs: durationMs,
  maxTries: fc.constantFrom(1, 2, 3),
  maxOpen: fc.constantFrom(1, 2, 3),
  lockout,
  heldBy: fc.constantFrom(undefined, undefined, "x1", "x2"),
  reaches: fc.boolean(),
  joinWithoutStation: fc.boolean(),
});
const answer = fc.record({ id: loginId, answer: answerId, exchangeId: fc.constantFrom("x1", "x2"), round, lockout });
const settlement = fc.record({
  id: loginId,
  answer: answerId,
  right: fc.boolean(),
  elsewhere: fc.boolean(),
  keepMs: durationMs,
  lockout,
});
const end = fc.record({ id: loginId, keepMs: durationMs });
const remember = fc.array(
  fc.record({ scope: fc.constantFrom("s1", "s2", "s3"), durationMs, uses: fc.constantFrom(0, 1, 2) }),
  { maxLength: 2 },
);
const ending = fc.record({ id: loginId, keepMs: durationMs, coolDownMs: fc.constantFrom(0, 0, LONG_MS), remember });
const going = { id: loginId, round, reaches: fc.boolean(), prompts: fc.boolean() };
const scopes = fc.uniqueArray(fc.constantFrom("s1", "s2", "s3"));
const REACH = { maxPrompts: 4, windowMs: LONG_MS };

/** Sequences of calls on few ids, so that they meet. */
export const randomCalls: fc.Arbitrary<RandomCall[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: call("claim", claim, (store, { id, ...changes }) =>
        store.claim(claimOf(id, { ...changes, slot: slotOf(id) })),
      ),
    },
    { weight: 2, arbitrary: call("decide", decision, decide) },
    { weight: 1, arbitrary: call("inspect", exchangeId, (store, id) => store.inspectExchange(exchange(id))) },
    { weight: 1, arbitrary: call("replies", fc.array(exchangeId), (store, ids) => store.replies(ids.map(exchange))) },
    { weight: 4, arbitrary: call("open", opening, open) },
    { weight: 6, arbitrary: call("reserve", answer, reserve) },
    { weight: 6, arbitrary: call("settle", settlement, settle) },
    { weight: 1, arbitrary: call("release", answer, release) },
    { weight: 2, arbitrary: call("finish", ending, finish) },
    { weight: 2, arbitrary: call("advance", fc.record(going), advance) },
    { weight: 1, arbitrary: call("note", fc.record({ id: loginId, round }), note) },
    {
      weight: 2,
      arbitrary: call("wait", fc.record({ id: loginId, round, by: fc.constantFrom("x1", "x2", "x3") }), wait),
    },
    { weight: 3, arbitrary: call("switch", fc.record({ ...going, answer: answerId }), switchMethod) },
    { weight: 1, arbitrary: call("recall", fc.record({ id: loginId, scopes }), recall) },
    { weight: 1, arbitrary: call("refuse", end, refuse) },
    { weight: 2, arbitrary: call("expire", end, (store, { id, keepMs }) => store.expire({ ...login(id), keepMs })) },
    { weight: 1, arbitrary: call("publish exchange", exchangeId, publishExchange) },
    { weight: 1, arbitrary: call("publish login", loginId, publishLogin) },
  ),
  { minLength: 10, maxLength: 60 },
);

/** A result without its times and with readable bytes. */
export function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  // Who waits is told in no order.
  if ("waiting" in value && Array.isArray(value.waiting)) {
    const { waiting, ...others } = value;
    return { ...(comparable(others) as object), waiting: waiting.map((one) => String(comparable(one))).sort() };
  }
  const entries = Object.entries(value).filter(([name]) => !/^(claimedAtMs|ageMs|expiresAtMs)$/.test(name));
  return Object.fromEntries(entries.map(([name, part]) => [name, comparable(part)]));
}

/** An exchange has one slot: three ids share the first, two the second. */
function slotOf(id: string): string {
  return id < "x4" ? "s1" : "s2";
}

function decide(store: PendingStore, { id, ends, keepMs }: { id: string; ends: boolean; keepMs: number }) {
  const decided = { ...exchange(id), reply: bytes(`reply ${ends}`), keepMs };
  return store.decideExchange(ends ? { ...decided, outcome: bytes("outcome") } : decided);
}

type Opening = Partial<OpenRequest> & {
  readonly id: string;
  readonly heldBy: string | undefined;
  readonly reaches: boolean;
};

function open(store: PendingStore, { id, heldBy, reaches, ...others }: Opening) {
  const changes = reaches ? { ...others, reach: REACH, challenge: bytes(`challenge of ${id}`) } : others;
  if (heldBy === undefined) return store.open(openingOf(id, changes));
  const waiting = { exchangeId: heldBy as ExchangeId, context: bytes(`waiting ${heldBy}`) };
  return store.open(openingOf(id, { ...changes, prompt: new Uint8Array(), ...waiting }));
}

type Ending = { readonly id: string } & Pick<FinishRequest, "keepMs" | "coolDownMs" | "remember">;

function finish(store: PendingStore, { id, ...changes }: Ending) {
  return store.finish({ ...login(id), outcome: bytes("finished"), ...changes });
}

type Going = { readonly id: string; readonly round: number; readonly reaches: boolean; readonly prompts: boolean };

function nextOf({ id, round: fromRound, reaches, prompts }: Going): NextRound {
  const prompt = prompts ? bytes(`prompt after ${fromRound}`) : new Uint8Array();
  return { prompt, challenge: bytes(`${id} after ${fromRound}`), reach: reaches ? REACH : undefined };
}

function advance(store: PendingStore, going: Going) {
  return store.advance({ ...login(going.id), fromRound: going.round, ...nextOf(going) });
}

function note(store: PendingStore, { id, round: at }: { id: string; round: number }) {
  return store.note({ ...login(id), round: at, challenge: bytes(`note ${at}`) });
}

function wait(store: PendingStore, { id, round: at, by }: { id: string; round: number; by: string }) {
  const exchange = { exchangeId: by as ExchangeId, bytes: bytes(`waiting ${by}`) };
  return store.wait({ ...login(id), round: at, exchange, untilMs: Number.MAX_SAFE_INTEGER });
}

function switchMethod(store: PendingStore, { answer: answered, ...going }: Going & { readonly answer: string }) {
  const exchange = { exchangeId: "x3" as ExchangeId, bytes: bytes("waiting x3") };
  const { keepMs, lockout: limit } = rightOf(going.id, answered);
  const what = { answerId: answered as AnswerId, keepMs, lockout: limit, exchange };
  return store.settle({ ...login(going.id), ...what, kind: "switch", ...nextOf(going) });
}

function recall(store: PendingStore, { id, scopes }: { id: string; scopes: string[] }) {
  return store.recall({ ...login(id), beganAtMs: 0, scopes });
}

function refuse(store: PendingStore, { id, keepMs }: { id: string; keepMs: number }) {
  return store.refuse({ ...login(id), outcome: bytes("refused"), keepMs });
}

type Answered = { readonly id: string; readonly answer: string; readonly exchangeId: string; readonly round: number };

function reserve(store: PendingStore, { id, answer: answered, exchangeId: by, ...changes }: Answered) {
  return store.reserve(answerOf(id, answered, { ...changes, exchangeId: by as ExchangeId }));
}

function release(store: PendingStore, { id, answer: answered, exchangeId: by }: Answered) {
  return store.release(answerOf(id, answered, { exchangeId: by as ExchangeId }));
}

type Settling = Pick<Settlement, "keepMs" | "lockout"> & {
  readonly id: string;
  readonly answer: string;
  readonly right: boolean;
  readonly elsewhere: boolean;
};

function settle(store: PendingStore, { id, answer: answered, right, elsewhere, ...changes }: Settling) {
  const wrong = wrongOf(id, answered, changes);
  const stays = { ...wrong, staysInRound: true, challenge: bytes(`after ${answered}`) } as Settlement;
  return store.settle(right ? rightOf(id, answered, changes) : elsewhere ? stays : wrong);
}

function publishExchange(store: PendingStore, id: string) {
  return store.removeDue([{ kind: "exchange", ...exchange(id) }]);
}

function publishLogin(store: PendingStore, id: string) {
  return store.removeDue([{ kind: "login", ...login(id) }]);
}
