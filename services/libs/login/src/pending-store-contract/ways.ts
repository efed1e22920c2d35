import { expect, it } from "vitest";
import type { AnswerId, ExchangeId } from "../ids.js";
import {
  LATE_MS,
  type NextRound,
  ON_ITS_WAY_MS,
  type OpenRequest,
  type Reach,
  type Settlement,
} from "../login-store.js";
import {
  ALICE,
  ALL_BYTES,
  answerOf,
  BOB,
  bytes,
  LONG_MS,
  login,
  openingOf,
  rightOf,
  SHORT_MS,
  type StoreUnderTest,
  wrongOf,
} from "./samples.js";

type UseStore = (test: (use: StoreUnderTest) => Promise<void>) => () => Promise<void>;

const LATER_MS = Number.MAX_SAFE_INTEGER;
const NOTHING = new Uint8Array();
const LATE = { kind: "late" };
const REACH: Reach = { maxPrompts: 3, windowMs: LONG_MS };
const exchangeOf = (id: string) => ({ exchangeId: id as ExchangeId, bytes: bytes(`waiting ${id}`) });
const next = (changes: Partial<NextRound> = {}): NextRound => ({
  prompt: NOTHING,
  challenge: bytes("app"),
  reach: REACH,
  ...changes,
});

function reaching(id: string, changes: Partial<OpenRequest> = {}): OpenRequest {
  const waiting = { exchangeId: `x-${id}` as ExchangeId, context: bytes(`waiting x-${id}`) };
  return openingOf(id, { prompt: NOTHING, reach: REACH, challenge: bytes("app"), ...waiting, ...changes });
}

function switchOf(id: string, answer: string, exchange: string, changes: Partial<NextRound> = {}): Settlement {
  const what = { answerId: answer as AnswerId, keepMs: LONG_MS, lockout: { maxFailures: 10, windowMs: LONG_MS } };
  return { ...login(id), ...what, kind: "switch", exchange: exchangeOf(exchange), ...next(changes) };
}

function finishOf(id: string, changes: { coolDownMs?: number } = {}) {
  return { ...login(id), outcome: bytes("denied"), keepMs: LONG_MS, ...changes };
}

/** How a login is asked, and how that changes. */
export function wayContract(use: UseStore): void {
  it(
    "gives whoever asks the challenge of the round, byte for byte",
    use(async ({ store }) => {
      const challenge = ALL_BYTES;
      expect(await store.open(openingOf("l1", { challenge }))).toMatchObject({ kind: "opened", challenge });
      expect(await store.open(openingOf("l1"))).toMatchObject({ kind: "opened", challenge });
      expect(await store.open(openingOf("l2"))).toMatchObject({ kind: "joined", challenge });
      expect(await store.inspectLogin(login("l1"))).toMatchObject({ round: 1, challenge });
      expect(await store.reserve(answerOf("l1", "a1"))).toMatchObject({ kind: "check", challenge });
      await store.settle(wrongOf("l1", "a1"));
      expect(await store.reserve(answerOf("l1", "a2", { round: 2 }))).toMatchObject({ challenge });
      await store.settle({ ...wrongOf("l1", "a2"), challenge: bytes("second") } as Settlement);
      expect(await store.inspectLogin(login("l1"))).toMatchObject({ round: 3, challenge: bytes("second") });
    }),
  );

  it(
    "switches to another way by an answer, which costs no try, and lets its exchange wait",
    use(async ({ store }) => {
      await store.open(openingOf("l1", { maxTries: 1 }));
      await store.reserve(answerOf("l1", "push"));
      const switched = { kind: "settled", reply: NOTHING, outcome: undefined, waiting: [] };
      for (let time = 0; time < 2; time++) expect(await store.settle(switchOf("l1", "push", "x1"))).toEqual(switched);
      expect(await store.reserve(answerOf("l1", "push"))).toMatchObject({ kind: "again", reply: NOTHING });
      const now = { kind: "open", held: true, round: 2, challenge: bytes("app") };
      expect(await store.inspectLogin(login("l1"))).toMatchObject(now);
      expect(await store.reserve(answerOf("l1", "pin", { round: 2 }))).toMatchObject({ kind: "check", triesLeft: 0 });
      const ended = { kind: "settled", reply: bytes("accept of pin"), waiting: [bytes("waiting x1")] };
      for (let time = 0; time < 2; time++) expect(await store.settle(rightOf("l1", "pin"))).toMatchObject(ended);
      expect(await store.reserve(answerOf("l1", "pin", { round: 2 }))).toMatchObject({
        kind: "again",
        waiting: [bytes("waiting x1")],
      });
    }),
  );

  it(
    "refuses to switch where a phone may not be reached, or the round was left before; the answer was never given then",
    use(async ({ store }) => {
      await store.open(reaching("elsewhere", { station: "station-2" }));
      await store.open(openingOf("l1"));
      await store.reserve(answerOf("l1", "push"));
      const elsewhere = { kind: "refused", reason: "held-elsewhere" };
      expect(await store.settle(switchOf("l1", "push", "x1"))).toEqual(elsewhere);
      expect(await store.inspectLogin(login("l1"))).toMatchObject({ round: 1, held: false });
      expect(await store.settle(switchOf("l1", "push", "x1"))).toEqual(LATE);
      expect(await store.reserve(answerOf("l1", "push"))).toMatchObject({ kind: "check", triesLeft: 2 });
      await store.reserve(answerOf("l1", "wrong"));
      await store.settle(wrongOf("l1", "wrong"));
      await store.finish(finishOf("elsewhere"));
      expect(await store.settle(switchOf("l1", "push", "x1"))).toEqual({ kind: "refused", reason: "round" });
    }),
  );

  it(
    "counts a wrong answer that came from elsewhere, and keeps the prompt that is open",
    use(async ({ store }) => {
      await store.open(openingOf("l1", { maxTries: 2 }));
      const wrong = (answer: string): Settlement =>
        ({ ...wrongOf("l1", answer), staysInRound: true, challenge: bytes("next attempt") }) as Settlement;
      await store.reserve(answerOf("l1", "a1"));
      const goesOn = { kind: "settled", reply: NOTHING, outcome: undefined, waiting: [] };
      for (let time = 0; time < 2; time++) expect(await store.settle(wrong("a1"))).toEqual(goesOn);
      expect(await store.inspectLogin(login("l1"))).toMatchObject({ round: 1, challenge: bytes("next attempt") });
      expect(await store.open(openingOf("l2"))).toMatchObject({ kind: "joined", prompt: bytes("prompt of l1") });
      expect(await store.reserve(answerOf("l1", "a2"))).toMatchObject({ kind: "check", triesLeft: 0 });
      expect(await store.settle(wrong("a2"))).toMatchObject({ outcome: bytes("rejected by a2") });
    }),
  );

  it(
    "switches to another prompt, for whoever joins too",
    use(async ({ store }) => {
      await store.open(openingOf("l1"));
      await store.reserve(answerOf("l1", "sms"));
      const prompt = bytes("enter the text's code");
      expect(await store.settle(switchOf("l1", "sms", "x1", { prompt }))).toMatchObject({ reply: prompt });
      expect(await store.open(openingOf("l2"))).toMatchObject({ kind: "joined", prompt, challenge: bytes("app") });
      expect(await store.inspectLogin(login("l1"))).toMatchObject({ held: false, round: 2 });
    }),
  );

  it(
    "advances a login once, for the exchanges that wait",
    use(async ({ store }) => {
      await store.open(reaching("l1"));
      const request = { ...login("l1"), fromRound: 1, ...next({ prompt: bytes("enter a code"), reach: undefined }) };
      const advanced = { kind: "advanced", prompt: bytes("enter a code"), waiting: [bytes("waiting x-l1")] };
      for (let time = 0; time < 2; time++) expect(await store.advance(request)).toMatchObject(advanced);
      expect(await store.advance({ ...request, fromRound: 5 })).toEqual(LATE);
      expect(await store.advance({ ...request, ...login("l1", BOB) })).toEqual(LATE);
      await store.reserve(answerOf("l1", "a1", { round: 2 }));
      await store.settle(wrongOf("l1", "a1"));
      expect(await store.advance(request)).toEqual(LATE);
      // It reaches nobody any more, so another one may.
      expect(await store.open(reaching("other", { station: "station-2" }))).toMatchObject({ kind: "opened" });
      const back = { ...login("l1"), fromRound: 3, ...next() };
      expect(await store.advance(back)).toEqual({ kind: "refused", reason: "held-elsewhere" });
    }),
  );

  it(
    "ends earlier where that is asked for, and is due then, or later, where it goes on by itself",
    use(async ({ store, pass }) => {
      const untilMs = (await store.timeMs()) + SHORT_MS;
      await store.open(openingOf("l1"));
      await store.wait({ ...login("l1"), round: 1, exchange: exchangeOf("x1"), untilMs });
      await store.open(reaching("l2", login("l2", BOB)));
      await store.advance({ ...login("l2", BOB), fromRound: 1, ...next({ untilMs: untilMs + 10 * LONG_MS }) });
      await pass(SHORT_MS);
      expect(await store.expire({ ...login("l1"), keepMs: LONG_MS })).toMatchObject({ kind: "expired" });
      const later = { kind: "running", expiresAtMs: untilMs + 10 * LONG_MS };
      expect(await store.expire({ ...login("l2", BOB), keepMs: LONG_MS })).toEqual(later);
      await pass(2_000 + SHORT_MS);
      expect(await store.due(10, LONG_MS)).toContainEqual({ kind: "login", ...login("l1") });
    }),
  );

  it(
    "brings a note and who waits together, whichever comes first",
    use(async ({ store }) => {
      const round = 1;
      const untilMs = (await store.timeMs()) + LONG_MS;
      const challenge = bytes("approved");
      await store.open(openingOf("noted-first"));
      expect(await store.note({ ...login("noted-first"), round, challenge })).toEqual({ kind: "noted", waiting: [] });
      const wait = { round, exchange: exchangeOf("x1"), untilMs };
      expect(await store.wait({ ...login("noted-first"), ...wait })).toEqual({ kind: "waiting", challenge });
      await store.open(openingOf("waits-first", { station: "station-2" }));
      const waits = await store.wait({ ...login("waits-first"), ...wait });
      expect(waits).toEqual({ kind: "waiting", challenge: NOTHING });
      expect(await store.note({ ...login("waits-first"), round, challenge })).toEqual({
        kind: "noted",
        waiting: [bytes("waiting x1")],
      });
      expect(await store.note({ ...login("waits-first"), round: 2, challenge })).toEqual(LATE);
      expect(await store.wait({ ...login("waits-first"), ...wait, round: 2 })).toEqual(LATE);
      expect(await store.wait({ ...login("unknown"), ...wait })).toEqual(LATE);
      await store.finish(finishOf("waits-first"));
      expect(await store.wait({ ...login("waits-first"), ...wait })).toEqual({
        kind: "ended",
        outcome: bytes("denied"),
      });
      expect(await store.note({ ...login("waits-first"), round, challenge })).toEqual(LATE);
    }),
  );

  it(
    "reaches a phone only so often, whatever the login; who joins reaches nobody",
    use(async ({ store, pass }) => {
      const reach = { maxPrompts: 2, windowMs: SHORT_MS * 2 };
      const tooMany = { kind: "refused", reason: "too-many-prompts" };
      expect(await store.open(reaching("l1", { reach }))).toMatchObject({ kind: "opened" });
      expect(await store.open(reaching("l2", { reach }))).toMatchObject({ kind: "joined" });
      expect(await store.open(reaching("l1", { reach }))).toMatchObject({ kind: "opened" });
      const other = { reach, credentialDigest: "password-2" };
      expect(await store.open(reaching("l3", other))).toMatchObject({
        kind: "opened",
        superseded: [{ loginId: "l1" }],
      });
      expect(await store.open(reaching("l4", { reach }))).toEqual(tooMany);
      expect(await store.advance({ ...login("l3"), fromRound: 1, ...next({ reach }) })).toEqual(tooMany);
      expect(await store.open(openingOf("prompt", { station: "station-3" }))).toMatchObject({ kind: "opened" });
      expect(await store.open(reaching("bobs", { ...login("bobs", BOB), reach }))).toMatchObject({ kind: "opened" });
      await pass(reach.windowMs);
      expect(await store.open(reaching("l4", { reach }))).toMatchObject({ kind: "opened" });
    }),
  );

  it(
    "reaches nobody from a station that was denied, until the cool-down is over",
    use(async ({ store, pass }) => {
      await store.open(reaching("l1"));
      await store.finish(finishOf("l1", { coolDownMs: SHORT_MS * 2 }));
      await store.finish(finishOf("l1", { coolDownMs: LONG_MS }));
      const denied = { kind: "refused", reason: "denied-recently" };
      expect(await store.open(reaching("l2"))).toEqual(denied);
      expect(await store.open(openingOf("prompt"))).toMatchObject({ kind: "opened" });
      expect(await store.open(reaching("bobs", login("bobs", BOB)))).toMatchObject({ kind: "opened" });
      expect(await store.open(reaching("l3", { station: "station-2" }))).toMatchObject({ kind: "opened" });
      await store.finish(finishOf("l3"));
      await pass(SHORT_MS * 2);
      expect(await store.open(reaching("l4", { credentialDigest: "other" }))).toMatchObject({ kind: "opened" });
    }),
  );

  it(
    "remembers a login that was let in for as long as was said, and forgets it with a denial",
    use(async ({ store, pass }) => {
      const remember = [
        { scope: "short", durationMs: SHORT_MS, uses: 0 },
        { scope: "long", durationMs: LONG_MS, uses: 0 },
      ];
      const recall = (scopes: string[], id = "l2", userId = ALICE) =>
        store.recall({ ...login(id, userId), beganAtMs: LATER_MS, scopes });
      await store.open(reaching("l1"));
      expect(await recall(["short", "long"])).toBeUndefined();
      await store.finish({ ...finishOf("l1"), remember });
      expect(await recall(["none", "long", "short"])).toBe("long");
      expect(await recall(["short"])).toBe("short");
      expect(await recall([])).toBeUndefined();
      expect(await recall(["long"], "l1")).toBeUndefined();
      expect(await recall(["long"], "l2", BOB)).toBeUndefined();
      await pass(SHORT_MS / 2);
      await store.finish({ ...finishOf("l1"), remember });
      await pass(SHORT_MS / 2 + 50);
      expect(await recall(["short"])).toBeUndefined();
      expect(await recall(["long"])).toBe("long");
      await store.open(reaching("l3"));
      await store.finish(finishOf("l3"));
      expect(await recall(["long"])).toBe("long");
      await store.open(reaching("l4", { credentialDigest: "other" }));
      await store.finish(finishOf("l4", { coolDownMs: LONG_MS }));
      expect(await recall(["long"])).toBeUndefined();
    }),
  );

  it(
    "tells apart, where that is asked for, who began before the remembered login ended, or soon after",
    use(async ({ store, pass }) => {
      const remember = [{ scope: "s", durationMs: LONG_MS, uses: 0, onlyEarlier: true } as const];
      const beganAtMs = await store.timeMs();
      await store.open(openingOf("l1"));
      await pass(5);
      await store.finish({ ...finishOf("l1"), remember });
      const recall = (id: string, began: number) => store.recall({ ...login(id), beganAtMs: began, scopes: ["s"] });
      expect(await recall("l2", beganAtMs)).toBe("s");
      expect(await recall("l3", (await store.timeMs()) + ON_ITS_WAY_MS - SHORT_MS)).toBe("s");
      const later = (await store.timeMs()) + ON_ITS_WAY_MS + 1;
      expect(await recall("l4", later)).toBeUndefined();
      // One that was held up stands for the one that its client has sent meanwhile.
      await pass(LATE_MS);
      expect(await recall("l4", later)).toBeUndefined();
      expect(await recall("l5", beganAtMs)).toBe("s");
      expect(await recall("l4", later)).toBe("s");
    }),
  );

  it(
    "lets only so many logins make use of what has a number of uses, each once",
    use(async ({ store }) => {
      const entry = { scope: "s", durationMs: LONG_MS, uses: 2 };
      await store.open(openingOf("l1"));
      await store.reserve(answerOf("l1", "a1"));
      await store.settle({ ...rightOf("l1", "a1"), remember: [entry] } as Settlement);
      const recall = (id: string) => store.recall({ ...login(id), beganAtMs: LATER_MS, scopes: ["s"] });
      for (let time = 0; time < 3; time++) expect(await recall("l2")).toBe("s");
      expect(await recall("l3")).toBe("s");
      expect(await recall("l4")).toBeUndefined();
      expect(await recall("l3")).toBe("s");
      await store.open(openingOf("l5"));
      await store.finish({ ...finishOf("l5"), remember: [{ ...entry, uses: 1 }] });
      expect(await recall("l4")).toBe("s");
    }),
  );
}
