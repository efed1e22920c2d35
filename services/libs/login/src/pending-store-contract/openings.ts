import { expect, it } from "vitest";
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

export function openingContract(use: UseStore): void {
  it(
    "opens a challenge, and does so again for the same login with the stored prompt",
    use(async ({ store }) => {
      const before = await store.timeMs();
      const opened = await store.open(openingOf("l1", { prompt: ALL_BYTES }));
      expect(opened).toMatchObject({ kind: "opened", prompt: ALL_BYTES, superseded: [] });
      const expiresAtMs = opened.kind === "opened" ? opened.expiresAtMs : 0;
      expect(expiresAtMs - before).toBeGreaterThanOrEqual(LONG_MS);
      expect(await store.open(openingOf("l1", { prompt: bytes("other") }))).toEqual(opened);
    }),
  );

  it(
    "joins the same login from the same station, in its current round",
    use(async ({ store }) => {
      const opened = await store.open(openingOf("l1"));
      const expiresAtMs = opened.kind === "opened" ? opened.expiresAtMs : 0;
      const { loginId } = login("l1");
      const context = bytes("context of l1");
      const challenge = new Uint8Array();
      const joined = { kind: "joined", loginId, prompt: bytes("prompt of l1"), challenge, expiresAtMs, context };
      expect(await store.open(openingOf("l2"))).toEqual(joined);
      await store.reserve(answerOf("l1", "a1"));
      await store.settle(wrongOf("l1", "a1"));
      expect(await store.open(openingOf("l2"))).toEqual({ ...joined, prompt: bytes("prompt after a1") });
      expect(await store.expire({ ...login("l2"), keepMs: LONG_MS })).toEqual({ kind: "unknown" });
    }),
  );

  it(
    "supersedes the same login where it must not be joined, and says so again",
    use(async ({ store }) => {
      await store.open(openingOf("l1"));
      const replacing = login("l1").loginId;
      const superseded = [{ ...login("l1"), context: bytes("context of l1") }];
      for (let time = 0; time < 2; time++) {
        expect(await store.open(openingOf("l2", { replacing }))).toMatchObject({ kind: "opened", superseded });
      }
      expect(await store.open(openingOf("l3", { replacing }))).toMatchObject({
        kind: "joined",
        loginId: login("l2").loginId,
      });
    }),
  );

  it.each([
    { what: "without a station", changes: { station: "" } },
    { what: "with another station", changes: { station: "station-2" } },
    { what: "for another user", changes: login("l2", BOB) },
  ])("opens another login $what side by side", async ({ changes }) => {
    await use(async ({ store }) => {
      await store.open(openingOf("l1", { station: "station" in changes && changes.station === "" ? "" : "station-1" }));
      expect(await store.open(openingOf("l2", changes))).toMatchObject({ kind: "opened", superseded: [] });
      expect(await store.expire({ ...login("l1"), keepMs: LONG_MS })).toMatchObject({ kind: "running" });
    })();
  });

  it.each([
    { what: "another password", changes: { credentialDigest: "password-2" } },
    { what: "another client", changes: { client: "gateway" } },
  ])("supersedes the login of the same station with $what, and says so again", async ({ changes }) => {
    await use(async ({ store }) => {
      await store.open(openingOf("l1"));
      await store.reserve(answerOf("l1", "a1"));
      await store.open(openingOf("elsewhere", { station: "station-2" }));
      const superseded = [{ ...login("l1"), context: bytes("context of l1") }];
      for (let time = 0; time < 2; time++) {
        expect(await store.open(openingOf("l2", changes))).toMatchObject({ kind: "opened", superseded });
      }
      const context = bytes("context of l1");
      expect(await store.expire({ ...login("l1"), keepMs: LONG_MS })).toEqual({
        kind: "superseded",
        context,
        challenge: new Uint8Array(),
        waiting: [],
      });
      expect(await store.reserve(answerOf("l1", "a2"))).toEqual({ kind: "late" });
      expect(await store.settle(rightOf("l1", "a1"))).toEqual({ kind: "late" });
      expect(await store.open(openingOf("l1"))).toEqual({ kind: "ended", outcome: undefined });
      expect(await store.expire({ ...login("elsewhere"), keepMs: LONG_MS })).toMatchObject({ kind: "running" });
    })();
  });

  it(
    "refuses more challenges side by side than a user may have, and closes none for a refused one",
    use(async ({ store }) => {
      const limit = { maxOpen: 2 };
      await store.open(openingOf("l1", { ...limit, station: "" }));
      await store.open(openingOf("l2", { ...limit, station: "" }));
      const refused = { kind: "refused", reason: "too-many-open" };
      expect(await store.open(openingOf("l3", { ...limit, station: "" }))).toEqual(refused);
      expect(await store.expire({ ...login("l3"), keepMs: LONG_MS })).toEqual({ kind: "unknown" });
      expect(await store.open(openingOf("l4", { ...login("l4", BOB), ...limit }))).toMatchObject({ kind: "opened" });
      await store.reserve(answerOf("l1", "a1"));
      await store.settle(rightOf("l1", "a1"));
      expect(await store.open(openingOf("l3", { ...limit, station: "" }))).toMatchObject({ kind: "opened" });
    }),
  );

  it(
    "does not count, join or supersede what is past its time",
    use(async ({ store, pass }) => {
      await store.open(openingOf("l1", { maxOpen: 1, lifetimeMs: SHORT_MS }));
      await pass(SHORT_MS);
      expect(await store.open(openingOf("l2", { maxOpen: 1 }))).toMatchObject({ kind: "opened", superseded: [] });
      expect(await store.expire({ ...login("l1"), keepMs: LONG_MS })).toMatchObject({ kind: "expired" });
    }),
  );

  it(
    "refuses a user with too many wrong answers, until their window is over",
    use(async ({ store, pass }) => {
      const lockout = { maxFailures: 2, windowMs: SHORT_MS * 2 };
      for (const [id, answer] of [
        ["l1", "a1"],
        ["l2", "a2"],
      ] as const) {
        await store.open(openingOf(id, { station: id, lockout }));
        expect(await store.reserve(answerOf(id, answer, { lockout }))).toMatchObject({ kind: "check" });
        await store.settle(wrongOf(id, answer, { lockout }));
      }
      const lockedOut = { kind: "refused", reason: "locked-out" };
      expect(await store.open(openingOf("l3", { lockout }))).toEqual(lockedOut);
      expect(await store.reserve(answerOf("l1", "a3", { lockout, round: 2 }))).toEqual(lockedOut);
      expect(await store.open(openingOf("l4", { ...login("l4", BOB), lockout }))).toMatchObject({ kind: "opened" });
      await pass(lockout.windowMs);
      expect(await store.open(openingOf("l3", { lockout }))).toMatchObject({ kind: "opened" });
      expect(await store.reserve(answerOf("l1", "a3", { lockout, round: 2 }))).toMatchObject({ kind: "check" });
    }),
  );

  it(
    "ends a login whose time is over once, and not before",
    use(async ({ store, pass }) => {
      const opened = await store.open(openingOf("l1", { lifetimeMs: SHORT_MS, context: ALL_BYTES }));
      const expiresAtMs = opened.kind === "opened" ? opened.expiresAtMs : 0;
      expect(await store.expire({ ...login("l1"), keepMs: LONG_MS })).toEqual({ kind: "running", expiresAtMs });
      await pass(SHORT_MS);
      expect(await store.reserve(answerOf("l1", "a1"))).toEqual({ kind: "late" });
      for (let time = 0; time < 2; time++) {
        expect(await store.expire({ ...login("l1"), keepMs: LONG_MS })).toEqual({
          kind: "expired",
          context: ALL_BYTES,
          challenge: new Uint8Array(),
          waiting: [],
        });
      }
      expect(await store.open(openingOf("l1"))).toEqual({ kind: "ended", outcome: undefined });
      expect(await store.expire({ ...login("l1", BOB), keepMs: LONG_MS })).toEqual({ kind: "unknown" });
    }),
  );

  it(
    "tells how a login has ended instead of opening it again",
    use(async ({ store }) => {
      await store.open(openingOf("l1"));
      await store.reserve(answerOf("l1", "a1"));
      await store.settle(rightOf("l1", "a1"));
      const outcome = bytes("accepted by a1");
      expect(await store.open(openingOf("l1"))).toEqual({ kind: "ended", outcome });
      expect(await store.expire({ ...login("l1"), keepMs: LONG_MS })).toEqual({ kind: "ended", outcome, waiting: [] });
    }),
  );

  it(
    "keeps an ended login until it is published, and for the duplicate window",
    use(async ({ store, pass }) => {
      const endings = { l1: 0, l2: LONG_MS };
      for (const [id, keepMs] of Object.entries(endings)) {
        await store.open(openingOf(id, { station: id }));
        await store.reserve(answerOf(id, id));
        await store.settle(rightOf(id, id, { keepMs }));
      }
      await pass(5);
      expect(await store.reserve(answerOf("l1", "l1"))).toMatchObject({ kind: "again" });
      await store.removeDue([
        { kind: "login", ...login("l1") },
        { kind: "login", ...login("l2", ALICE) },
      ]);
      expect(await store.reserve(answerOf("l1", "l1"))).toEqual({ kind: "late" });
      expect(await store.reserve(answerOf("l2", "l2"))).toMatchObject({ kind: "again" });
    }),
  );

  it(
    "names a user's open logins",
    use(async ({ store }) => {
      await store.open(openingOf("l1"));
      await store.open(openingOf("l2", { station: "station-2" }));
      await store.open(openingOf("bobs", login("bobs", BOB)));
      await store.finish({ ...login("l1"), outcome: bytes("over"), keepMs: LONG_MS });
      expect(await store.openLogins(ALICE)).toEqual([login("l2")]);
      expect(await store.openLogins("nobody" as typeof ALICE)).toEqual([]);
    }),
  );
}
