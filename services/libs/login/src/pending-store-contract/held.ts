import { expect, it } from "vitest";
import type { ExchangeId, LoginId, UserId } from "../ids.js";
import { MAX_WAITING_EXCHANGES, type OpenRequest } from "../login-store.js";
import {
  ALL_BYTES,
  answerOf,
  BOB,
  bytes,
  LONG_MS,
  login,
  openingOf,
  SHORT_MS,
  type StoreUnderTest,
} from "./samples.js";

type UseStore = (test: (use: StoreUnderTest) => Promise<void>) => () => Promise<void>;

/** The opening of a held login by an exchange. */
function heldOf(id: string, exchangeId: string, changes: Partial<OpenRequest> = {}): OpenRequest {
  const waiting = { exchangeId: exchangeId as ExchangeId, context: bytes(`waiting ${exchangeId}`) };
  const reach = { maxPrompts: 100, windowMs: LONG_MS };
  return openingOf(id, { prompt: new Uint8Array(), ...waiting, reach, listed: true, ...changes });
}

function finishOf(id: string, outcome: string) {
  return { ...login(id), outcome: bytes(outcome), keepMs: LONG_MS };
}

const texts = (all: readonly Uint8Array[]): string[] => all.map((one) => Buffer.from(one).toString()).sort();

export function heldContract(use: UseStore): void {
  it(
    "ends a held login by the first word, for every exchange that waits, each once",
    use(async ({ store }) => {
      await store.open(heldOf("l1", "x1"));
      await store.open(heldOf("l1", "x1"));
      expect(await store.open(heldOf("l2", "x2"))).toMatchObject({ kind: "joined", loginId: "l1" });
      const finished = await store.finish(finishOf("l1", "approved"));
      if (finished.kind !== "finished") throw new Error(finished.kind);
      expect(texts([finished.outcome, ...finished.waiting])).toEqual(["approved", "waiting x1", "waiting x2"]);
      const again = await store.finish(finishOf("l1", "denied"));
      if (again.kind !== "finished") throw new Error(again.kind);
      expect(texts([again.outcome, ...again.waiting])).toEqual(["approved", "waiting x1", "waiting x2"]);
      expect(await store.open(heldOf("l1", "x3"))).toMatchObject({ kind: "ended", outcome: bytes("approved") });
      expect(await store.expire({ ...login("l1"), keepMs: LONG_MS })).toMatchObject({
        kind: "ended",
        outcome: bytes("approved"),
      });
    }),
  );

  it(
    "keeps a login that goes on as another user's apart from what it was before",
    use(async ({ store }) => {
      await store.open(openingOf("l1", { userId: BOB, station: "" }));
      await store.open(heldOf("l1", "x1"));
      await store.finish({ ...login("l1", BOB), outcome: new Uint8Array(), keepMs: LONG_MS });
      await store.removeDue([{ kind: "login", ...login("l1", BOB) }]);
      expect(await store.inspectLogin(login("l1"))).toMatchObject({ kind: "open", held: true });
      expect(await store.held(10)).toEqual({ logins: [login("l1")], more: false });
      expect(await store.finish(finishOf("l1", "approved"))).toMatchObject({ kind: "finished" });
    }),
  );

  it(
    "keeps the bytes of who waits as they are",
    use(async ({ store }) => {
      await store.open(heldOf("l1", "x1", { context: ALL_BYTES }));
      expect(await store.finish(finishOf("l1", "approved"))).toMatchObject({ waiting: [ALL_BYTES] });
    }),
  );

  it(
    "finishes nothing that is not there, another user's, over or superseded",
    use(async ({ store, pass }) => {
      await store.open(heldOf("short", "x1", { station: "station-2", lifetimeMs: SHORT_MS }));
      expect(await store.finish(finishOf("unknown", "approved"))).toEqual({ kind: "late" });
      expect(await store.finish({ ...finishOf("short", "approved"), userId: BOB })).toEqual({ kind: "late" });
      expect(await store.refuse(finishOf("short", "refused"))).toEqual({ kind: "late" });
      await pass(SHORT_MS);
      expect(await store.finish(finishOf("short", "approved"))).toEqual({ kind: "late" });
      expect(await store.expire({ ...login("short"), keepMs: LONG_MS })).toMatchObject({
        kind: "expired",
        waiting: [bytes("waiting x1")],
      });
    }),
  );

  it(
    "names the exchanges of a held login that is superseded, and leaves it to nobody else",
    use(async ({ store }) => {
      await store.open(heldOf("old", "x1"));
      const opened = { kind: "opened", superseded: [{ loginId: "old", waiting: [bytes("waiting x1")] }] };
      expect(await store.open(heldOf("new", "x2", { credentialDigest: "password-2" }))).toMatchObject(opened);
      expect(await store.open(heldOf("new", "x2", { credentialDigest: "password-2" }))).toMatchObject(opened);
      expect(await store.finish(finishOf("old", "approved"))).toEqual({ kind: "late" });
      expect(await store.expire({ ...login("old"), keepMs: LONG_MS })).toMatchObject({
        kind: "superseded",
        waiting: [bytes("waiting x1")],
      });
    }),
  );

  it(
    "opens no second held login for another station, nor for one that is not known",
    use(async ({ store }) => {
      const elsewhere = { kind: "refused", reason: "held-elsewhere" };
      await store.open(heldOf("l1", "x1"));
      expect(await store.open(heldOf("l2", "x2", { station: "station-2" }))).toEqual(elsewhere);
      expect(await store.open(heldOf("l3", "x3", { station: "" }))).toEqual(elsewhere);
      expect(await store.open(openingOf("prompt", { station: "station-2" }))).toMatchObject({ kind: "opened" });
      expect(await store.open(heldOf("bobs", "x4", { ...login("bobs", BOB) }))).toMatchObject({ kind: "opened" });
    }),
  );

  it(
    "joins without a station only where that is asked for",
    use(async ({ store }) => {
      await store.open(heldOf("l1", "x1", { station: "" }));
      expect(await store.open(heldOf("l2", "x2", { station: "" }))).toMatchObject({ reason: "held-elsewhere" });
      const joining = { station: "", joinWithoutStation: true };
      expect(await store.open(heldOf("l3", "x3", joining))).toMatchObject({ kind: "joined", loginId: "l1" });
      expect(await store.open(heldOf("l4", "x4", { ...joining, credentialDigest: "other" }))).toMatchObject({
        kind: "opened",
        superseded: [{ loginId: "l1" }],
      });
    }),
  );

  it(
    "lets who joins wait where the open login waits, and shows her the prompt where it has one",
    use(async ({ store }) => {
      await store.open(openingOf("prompt"));
      const prompt = { kind: "joined", loginId: "prompt", prompt: bytes("prompt of prompt") };
      expect(await store.open(heldOf("held", "x1"))).toMatchObject(prompt);
      await store.open(heldOf("bobs", "x2", login("bobs", BOB)));
      const waits = { kind: "joined", loginId: "bobs", prompt: new Uint8Array() };
      const other = openingOf("prompt2", { ...login("prompt2", BOB), exchangeId: "x3" as ExchangeId });
      expect(await store.open(other)).toMatchObject(waits);
      const finished = await store.finish({ ...finishOf("bobs", "approved"), ...login("bobs", BOB) });
      if (finished.kind !== "finished") throw new Error(finished.kind);
      expect(texts(finished.waiting)).toEqual(["context of prompt2", "waiting x2"]);
      expect(await store.finish(finishOf("prompt", "denied"))).toMatchObject({ kind: "finished", waiting: [] });
    }),
  );

  it(
    "lets only so many exchanges wait for one login",
    use(async ({ store }) => {
      for (let at = 0; at < MAX_WAITING_EXCHANGES; at++) await store.open(heldOf(`l${at}`, `x${at}`));
      const refused = { kind: "refused", reason: "too-many-open" };
      expect(await store.open(heldOf("more", "more"))).toEqual(refused);
      expect(await store.open(heldOf("l0", "more"))).toEqual(refused);
      const finished = await store.finish(finishOf("l0", "approved"));
      expect(finished).toMatchObject({ kind: "finished", waiting: { length: MAX_WAITING_EXCHANGES } });
    }),
  );

  it(
    "finds what is held however much else is open, and says when there is more than was asked for",
    use(async ({ store, pass }) => {
      for (let at = 0; at < 40; at++) await store.open(openingOf(`p${at}`, { station: `s${at}`, maxOpen: 100 }));
      const users = Array.from({ length: 12 }, (_, at) => `user${at}` as UserId);
      for (const userId of users) {
        await store.open(heldOf(`held-${userId}`, `x-${userId}`, { userId, lifetimeMs: LONG_MS }));
      }
      const all = await store.held(100);
      expect(all.more).toBe(false);
      expect(all.logins.map(({ userId }) => userId).toSorted()).toEqual(users.toSorted());
      for (const limit of [1, 4, 11]) {
        const some = await store.held(limit);
        expect(some.more).toBe(true);
        expect(some.logins.length).toBeLessThanOrEqual(limit);
      }
      expect(await store.findHeld("held-user7" as LoginId)).toEqual(login("held-user7", users[7]));
      expect(await store.findHeld("p1" as LoginId)).toBeUndefined();
      await store.open(heldOf("short", "x-short", { lifetimeMs: SHORT_MS, maxOpen: 100 }));
      expect(await store.findHeld("short" as LoginId)).toEqual(login("short"));
      await pass(SHORT_MS);
      expect(await store.findHeld("short" as LoginId)).toBeUndefined();
      expect((await store.held(100)).logins).toHaveLength(users.length);
    }),
  );

  it(
    "forgets that a login is held when it is finished, superseded, expired or was never opened",
    use(async ({ store }) => {
      await store.open(heldOf("finished", "x1"));
      expect(await store.open(heldOf("joining", "x2"))).toMatchObject({ kind: "joined" });
      expect(await store.open(heldOf("elsewhere", "x3", { station: "other" }))).toMatchObject({ kind: "refused" });
      expect(await store.held(100)).toEqual({ logins: [login("finished")], more: false });
      await store.finish(finishOf("finished", "approved"));
      expect(await store.held(100)).toEqual({ logins: [], more: false });
      await store.open(heldOf("superseded", "x4"));
      await store.open(heldOf("newer", "x5", { credentialDigest: "password-2" }));
      expect(await store.held(100)).toEqual({ logins: [login("newer")], more: false });
      await store.open(openingOf("prompt"));
      await store.open(heldOf("over", "x6", { ...login("over", BOB), lifetimeMs: 0 }));
      await store.expire({ ...login("over", BOB), keepMs: LONG_MS });
      expect(await store.held(100)).toEqual({ logins: [], more: false });
      expect(await store.findHeld("superseded" as LoginId)).toBeUndefined();
    }),
  );

  it(
    "tells what is known of a login",
    use(async ({ store }) => {
      await store.open(heldOf("held", "x1"));
      await store.open(openingOf("prompt", { station: "station-2" }));
      expect(await store.inspectLogin(login("held"))).toMatchObject({
        kind: "open",
        held: true,
        context: bytes("waiting x1"),
      });
      expect(await store.inspectLogin(login("prompt"))).toMatchObject({ kind: "open", held: false });
      expect(await store.inspectLogin(login("other"))).toEqual({ kind: "unknown" });
      await store.finish(finishOf("held", "approved"));
      expect(await store.inspectLogin(login("held"))).toEqual({ kind: "ended", outcome: bytes("approved") });
    }),
  );

  it(
    "gives the opening's context to whoever checks an answer",
    use(async ({ store }) => {
      await store.open(openingOf("l1"));
      const expected = { kind: "check", context: bytes("context of l1") };
      expect(await store.reserve(answerOf("l1", "a1"))).toMatchObject(expected);
      expect(await store.reserve(answerOf("l1", "a1"))).toMatchObject(expected);
    }),
  );
}
