import { expect, it } from "vitest";
import type { ExchangeId } from "../ids.js";
import { MAX_CHECKS, type Settled } from "../login-store.js";
import {
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

const LATE = { kind: "late" };
const NO_TRIES = { kind: "refused", reason: "no-tries" };

export function answerContract(use: UseStore): void {
  it(
    "reserves one try for an answer, however often it comes",
    use(async ({ store }) => {
      await store.open(openingOf("l1"));
      for (let time = 0; time < 3; time++) {
        expect(await store.reserve(answerOf("l1", "a1"))).toMatchObject({ kind: "check", triesLeft: 2 });
      }
      expect(await store.reserve(answerOf("l1", "a2"))).toMatchObject({ kind: "check", triesLeft: 1 });
      expect(await store.reserve(answerOf("l1", "a3"))).toMatchObject({ kind: "check", triesLeft: 0 });
      expect(await store.reserve(answerOf("l1", "a4"))).toEqual(NO_TRIES);
      expect(await store.reserve(answerOf("l1", "a1"))).toMatchObject({ kind: "check", triesLeft: 0 });
    }),
  );

  it(
    "never checks more parallel guesses than there are tries",
    use(async ({ store }) => {
      await store.open(openingOf("l1", { maxTries: 3 }));
      const guesses = Array.from({ length: 50 }, (_, index) => `a${index}`);
      const reserved = await Promise.all(guesses.map((guess) => store.reserve(answerOf("l1", guess))));
      expect(reserved.filter(({ kind }) => kind === "check")).toHaveLength(3);
      expect(reserved.filter(({ kind }) => kind === "refused")).toHaveLength(47);
      const checked = guesses.filter((_, index) => reserved[index]?.kind === "check");
      const settled = await Promise.all(checked.map((guess) => store.settle(wrongOf("l1", guess))));
      expect(settled.filter((end) => end.kind === "settled" && end.outcome !== undefined)).toHaveLength(1);
    }),
  );

  it(
    "never checks more parallel guesses at several challenges than failures are left",
    use(async ({ store }) => {
      const lockout = { maxFailures: 4, windowMs: 60_000 };
      const ids = ["l1", "l2", "l3"];
      for (const id of ids) await store.open(openingOf(id, { station: id, lockout }));
      const guesses = Array.from({ length: 30 }, (_, index) =>
        answerOf(ids[index % 3] as string, `a${index}`, { lockout }),
      );
      const reserved = await Promise.all(guesses.map((guess) => store.reserve(guess)));
      expect(reserved.filter(({ kind }) => kind === "check")).toHaveLength(4);
    }),
  );

  it(
    "ends with the right answer, gives the same reply again for it and refuses every other",
    use(async ({ store }) => {
      await store.open(openingOf("l1"));
      await store.reserve(answerOf("l1", "a1"));
      await store.reserve(answerOf("l1", "a2"));
      const right = { ...rightOf("l1", "a1"), reply: ALL_BYTES } as const;
      const outcome = bytes("accepted by a1");
      for (let time = 0; time < 2; time++) {
        expect(await store.settle(right)).toEqual({ kind: "settled", reply: ALL_BYTES, outcome, waiting: [] });
      }
      expect(await store.reserve(answerOf("l1", "a1"))).toEqual({
        kind: "again",
        reply: ALL_BYTES,
        outcome,
        waiting: [],
      });
      const bound = { kind: "refused", reason: "bound" };
      expect(await store.reserve(answerOf("l1", "a2"))).toEqual(bound);
      expect(await store.reserve(answerOf("l1", "a3"))).toEqual(bound);
      expect(await store.settle(wrongOf("l1", "a2"))).toEqual(LATE);
    }),
  );

  it(
    "goes to the next round after a wrong answer, and refuses answers to the round before",
    use(async ({ store }) => {
      await store.open(openingOf("l1"));
      await store.reserve(answerOf("l1", "a1"));
      const reply = bytes("prompt after a1");
      for (let time = 0; time < 2; time++) {
        expect(await store.settle(wrongOf("l1", "a1"))).toEqual({
          kind: "settled",
          reply,
          outcome: undefined,
          waiting: [],
        });
      }
      expect(await store.reserve(answerOf("l1", "a1"))).toEqual({
        kind: "again",
        reply,
        outcome: undefined,
        waiting: [],
      });
      expect(await store.reserve(answerOf("l1", "a2"))).toEqual({ kind: "refused", reason: "round" });
      expect(await store.reserve(answerOf("l1", "a2", { round: 3 }))).toEqual({ kind: "refused", reason: "round" });
      expect(await store.reserve(answerOf("l1", "a2", { round: 2 }))).toMatchObject({ kind: "check", triesLeft: 1 });
    }),
  );

  it(
    "makes one next round of several wrong answers to one prompt, and takes a right one among them",
    use(async ({ store }) => {
      await store.open(openingOf("l1"));
      for (const answer of ["a1", "a2", "a3"]) await store.reserve(answerOf("l1", answer));
      await store.settle(wrongOf("l1", "a1"));
      expect(await store.settle(wrongOf("l1", "a2"))).toMatchObject({ reply: bytes("prompt after a2") });
      expect(await store.open(openingOf("l1"))).toMatchObject({ prompt: bytes("prompt after a1") });
      expect(await store.reserve(answerOf("l1", "a4", { round: 2 }))).toEqual(NO_TRIES);
      expect(await store.settle(rightOf("l1", "a3"))).toMatchObject({ outcome: bytes("accepted by a3") });
    }),
  );

  it(
    "ends with the last wrong answer",
    use(async ({ store }) => {
      await store.open(openingOf("l1", { maxTries: 2 }));
      await store.reserve(answerOf("l1", "a1"));
      await store.settle(wrongOf("l1", "a1"));
      await store.reserve(answerOf("l1", "a2", { round: 2 }));
      const end = { reply: bytes("reject of a2"), outcome: bytes("rejected by a2"), waiting: [] };
      expect(await store.settle(wrongOf("l1", "a2"))).toEqual({ kind: "settled", ...end });
      expect(await store.reserve(answerOf("l1", "a2", { round: 2 }))).toEqual({ kind: "again", ...end });
      const earlier = { kind: "again", reply: bytes("prompt after a1"), outcome: undefined, waiting: [] };
      expect(await store.reserve(answerOf("l1", "a1"))).toEqual(earlier);
      expect(await store.reserve(answerOf("l1", "a3", { round: 2 }))).toEqual(NO_TRIES);
      expect(await store.open(openingOf("l1"))).toEqual({ kind: "ended", outcome: end.outcome });
    }),
  );

  it(
    "ends a login with the failure that locks the user out, with tries left",
    use(async ({ store }) => {
      const lockout = { maxFailures: 2, windowMs: 60_000 };
      await store.open(openingOf("l1", { station: "one", lockout }));
      await store.open(openingOf("l2", { station: "two", lockout }));
      await store.reserve(answerOf("l1", "a1", { lockout }));
      await store.settle(wrongOf("l1", "a1", { lockout }));
      await store.reserve(answerOf("l2", "a2", { lockout }));
      expect(await store.settle(wrongOf("l2", "a2", { lockout }))).toMatchObject({ reply: bytes("reject of a2") });
      const lockedOut = { kind: "refused", reason: "locked-out" };
      expect(await store.reserve(answerOf("l2", "a3", { lockout }))).toEqual(lockedOut);
    }),
  );

  it(
    "gives a try back when the check could not be made, but none that was settled",
    use(async ({ store }) => {
      await store.open(openingOf("l1", { maxTries: 2 }));
      await store.reserve(answerOf("l1", "a1"));
      for (let time = 0; time < 2; time++) await store.release(answerOf("l1", "a1"));
      expect(await store.settle(rightOf("l1", "a1"))).toEqual(LATE);
      expect(await store.reserve(answerOf("l1", "a1"))).toMatchObject({ kind: "check", triesLeft: 1 });
      await store.settle(wrongOf("l1", "a1"));
      await store.release(answerOf("l1", "a1"));
      await store.release(answerOf("l1", "never reserved"));
      await store.release(answerOf("unknown", "a1"));
      expect(await store.reserve(answerOf("l1", "a2", { round: 2 }))).toMatchObject({ kind: "check", triesLeft: 0 });
    }),
  );

  it(
    "gives a try back only when the last exchange gives up its check of the same answer",
    use(async ({ store }) => {
      await store.open(openingOf("l1", { maxTries: 2 }));
      const [one, other] = (["x1", "x2"] as ExchangeId[]).map((exchangeId) => answerOf("l1", "a1", { exchangeId }));
      if (one === undefined || other === undefined) throw new Error("There are two exchanges.");
      for (const answer of [one, other, one]) {
        expect(await store.reserve(answer)).toMatchObject({ kind: "check", triesLeft: 1 });
      }
      for (let time = 0; time < 2; time++) await store.release(one);
      await store.release(answerOf("l1", "a1", { exchangeId: "x9" as ExchangeId }));
      expect(await store.reserve(answerOf("l1", "a2"))).toMatchObject({ kind: "check", triesLeft: 0 });
      expect(await store.reserve(answerOf("l1", "a3"))).toEqual(NO_TRIES);
      expect(await store.settle(wrongOf("l1", "a1"))).toMatchObject({ kind: "settled" });
      await store.release(other);
      expect(await store.reserve(answerOf("l1", "a3", { round: 2 }))).toEqual(NO_TRIES);
      await store.release(answerOf("l1", "a2"));
      expect(await store.reserve(answerOf("l1", "a3", { round: 2 }))).toMatchObject({ kind: "check", triesLeft: 0 });
    }),
  );

  it(
    "ends a login whose answer is refused, once, and only when none of its answers is under check",
    use(async ({ store }) => {
      const refusalOf = (id: string) => ({ ...login(id), outcome: bytes(`refused ${id}`), keepMs: LONG_MS });
      await store.open(openingOf("l1"));
      await store.reserve(answerOf("l1", "a1"));
      expect(await store.refuse(refusalOf("l1"))).toEqual(LATE);
      await store.release(answerOf("l1", "a1"));
      const ended = { kind: "ended", outcome: bytes("refused l1") };
      expect(await store.refuse(refusalOf("l1"))).toEqual(ended);
      expect(await store.refuse({ ...refusalOf("l1"), outcome: bytes("another") })).toEqual(ended);
      expect(await store.reserve(answerOf("l1", "a1"))).toEqual(LATE);
      expect(await store.open(openingOf("l1"))).toEqual(ended);
      expect(await store.expire({ ...login("l1"), keepMs: LONG_MS })).toMatchObject(ended);
      expect(await store.open(openingOf("l2"))).toMatchObject({ kind: "opened", superseded: [] });
      expect(await store.refuse({ ...refusalOf("l2"), userId: BOB })).toEqual(LATE);
      await store.reserve(answerOf("l2", "a2"));
      await store.settle(rightOf("l2", "a2"));
      expect(await store.refuse(refusalOf("l2"))).toEqual({ kind: "ended", outcome: bytes("accepted by a2") });
      expect(await store.refuse(refusalOf("unknown"))).toEqual(LATE);
    }),
  );

  it(
    "lets only so many exchanges check the same answer",
    use(async ({ store }) => {
      await store.open(openingOf("l1"));
      const checkOf = (number: number) => answerOf("l1", "a1", { exchangeId: `x${number}` as ExchangeId });
      for (let number = 0; number < MAX_CHECKS; number++) {
        expect(await store.reserve(checkOf(number))).toMatchObject({ kind: "check", triesLeft: 2 });
      }
      expect(await store.reserve(checkOf(MAX_CHECKS))).toEqual(NO_TRIES);
      expect(await store.reserve(checkOf(0))).toMatchObject({ kind: "check", triesLeft: 2 });
      await store.release(checkOf(0));
      expect(await store.reserve(checkOf(MAX_CHECKS))).toMatchObject({ kind: "check", triesLeft: 2 });
    }),
  );

  it(
    "settles what was reserved in time, until the login is expired",
    use(async ({ store, pass }) => {
      await store.open(openingOf("l1", { lifetimeMs: SHORT_MS }));
      await store.open(openingOf("l2", { lifetimeMs: SHORT_MS, station: "two" }));
      await store.reserve(answerOf("l1", "a1"));
      await store.reserve(answerOf("l2", "a2"));
      await pass(SHORT_MS);
      expect(await store.reserve(answerOf("l1", "a1"))).toMatchObject({ kind: "check" });
      expect(await store.settle(rightOf("l1", "a1"))).toMatchObject({ kind: "settled" });
      await store.expire({ ...login("l2"), keepMs: 60_000 });
      expect(await store.settle(rightOf("l2", "a2"))).toEqual(LATE);
      expect(await store.reserve(answerOf("l2", "a2"))).toEqual(LATE);
    }),
  );

  it(
    "counts a wrong answer once that was under check when its login ended",
    use(async ({ store, pass }) => {
      const lockout = { maxFailures: 2, windowMs: 60_000 };
      await store.open(openingOf("l1", { lockout }));
      await store.reserve(answerOf("l1", "a1", { lockout }));
      await store.open(openingOf("l2", { lockout, credentialDigest: "password-2", lifetimeMs: SHORT_MS }));
      for (let time = 0; time < 2; time++) expect(await store.settle(wrongOf("l1", "a1", { lockout }))).toEqual(LATE);
      expect(await store.reserve(answerOf("l2", "a2", { lockout }))).toMatchObject({ kind: "check" });
      await pass(SHORT_MS);
      await store.expire({ ...login("l2"), keepMs: 60_000 });
      expect(await store.settle(wrongOf("l2", "a2", { lockout }))).toEqual(LATE);
      expect(await store.open(openingOf("l3", { lockout }))).toEqual({ kind: "refused", reason: "locked-out" });
    }),
  );

  it(
    "takes answers of the login's own user only, and of logins and reservations that exist",
    use(async ({ store }) => {
      await store.open(openingOf("l1"));
      await store.reserve(answerOf("l1", "a1"));
      expect(await store.reserve(answerOf("l1", "a1", login("l1", BOB)))).toEqual(LATE);
      expect(await store.settle(rightOf("l1", "a1", login("l1", BOB)))).toEqual(LATE);
      expect(await store.reserve(answerOf("l9", "a1"))).toEqual(LATE);
      expect(await store.settle(rightOf("l1", "a9"))).toEqual(LATE);
      expect(await store.settle(rightOf("l1", "a1"))).toMatchObject({ kind: "settled" });
    }),
  );

  it(
    "has one end, however many right answers and expiries race for it",
    use(async ({ store, pass }) => {
      await store.open(openingOf("l1", { lifetimeMs: SHORT_MS, maxTries: 3 }));
      const answers = ["a1", "a2", "a3"];
      for (const answer of answers) await store.reserve(answerOf("l1", answer));
      await pass(SHORT_MS);
      const settling = answers.map((answer): Promise<Settled> => store.settle(rightOf("l1", answer)));
      const [expired, ...settled] = await Promise.all([store.expire({ ...login("l1"), keepMs: 60_000 }), ...settling]);
      const ends = settled.filter(({ kind }) => kind === "settled").length + (expired.kind === "expired" ? 1 : 0);
      expect(ends).toBe(1);
    }),
  );
}
