import { expect, it } from "vitest";
import { MAX_GATEWAYS, MAX_LOOKUP, SLOT_MEMORY } from "../exchange-store.js";
import type { GatewayId, UserKey } from "../ids.js";
import { A, ALL_BYTES, B, bytes, claimOf, exchange, LONG_MS, SHORT_MS, type StoreUnderTest } from "./samples.js";

type UseStore = (test: (use: StoreUnderTest) => Promise<void>) => () => Promise<void>;

export function exchangeContract(use: UseStore): void {
  const reply = bytes("reply");

  it(
    "claims an exchange once, joins whoever comes later and wakes all of them with the first reply",
    use(async ({ store }) => {
      const before = await store.timeMs();
      const first = await store.claim(claimOf("x1"));
      const claimedAtMs = first.kind === "new" ? first.claimedAtMs : 0;
      expect(first).toEqual({ kind: "new", claimedAtMs });
      expect(claimedAtMs - before).toBeGreaterThanOrEqual(0);
      expect(await store.claim(claimOf("x1", { gatewayId: B }))).toMatchObject({ kind: "joined", claimedAtMs });
      const context = bytes("context of x1");
      const again = claimOf("x1", { context: bytes("another") });
      expect(await store.claim(again)).toMatchObject({ kind: "joined", context });

      const decided = { kind: "decided", reply, outcome: undefined, gateways: [A, B] };
      expect(await store.decideExchange({ ...exchange("x1"), reply, keepMs: LONG_MS })).toEqual({
        ...decided,
        first: true,
      });
      const late = { ...exchange("x1"), reply: bytes("other"), outcome: bytes("outcome"), keepMs: LONG_MS };
      expect(await store.decideExchange(late)).toEqual({ ...decided, first: false });
      expect(await store.claim(claimOf("x1"))).toEqual({ kind: "decided", claimedAtMs, reply });
    }),
  );

  it(
    "tells how long ago an exchange was claimed",
    use(async ({ store, pass }) => {
      await store.claim(claimOf("x1"));
      await pass(SHORT_MS);
      const claim = await store.claim(claimOf("x1"));
      expect(claim.kind).toBe("joined");
      const ageMs = claim.kind === "joined" ? claim.ageMs : 0;
      expect(ageMs).toBeGreaterThanOrEqual(SHORT_MS);
      expect(ageMs).toBeLessThan(LONG_MS);
    }),
  );

  it(
    "keeps a gateway's place once, and a bounded number of them",
    use(async ({ store }) => {
      const gateways = Array.from({ length: MAX_GATEWAYS + 2 }, (_, index) => `gateway-${index}` as GatewayId);
      for (const gatewayId of [...gateways, ...gateways.slice(-1)]) await store.claim(claimOf("x1", { gatewayId }));
      const decided = await store.decideExchange({ ...exchange("x1"), reply, keepMs: LONG_MS });
      expect(decided).toMatchObject({ gateways: gateways.slice(2) });
    }),
  );

  it(
    "abandons the exchange whose slot was used again, for good",
    use(async ({ store }) => {
      await store.claim(claimOf("old", { slot: "s", startsLogin: true }));
      expect(await store.claim(claimOf("new", { slot: "s" }))).toMatchObject({ kind: "new" });
      expect(await store.claim(claimOf("old", { slot: "s" }))).toEqual({ kind: "abandoned" });
      expect(await store.claim(claimOf("new", { slot: "s" }))).toMatchObject({ kind: "joined" });
      expect(await store.decideExchange({ ...exchange("old"), reply, keepMs: LONG_MS })).toEqual({ kind: "abandoned" });
      expect(await store.inspectExchange(exchange("old"))).toEqual({
        kind: "abandoned",
        context: bytes("context of old"),
      });
      expect(await store.replies([exchange("old")])).toEqual([undefined]);
    }),
  );

  it(
    "leaves a decided exchange its reply when its slot is used again, and does not send it any more",
    use(async ({ store }) => {
      await store.claim(claimOf("old", { slot: "s" }));
      await store.decideExchange({ ...exchange("old"), reply, keepMs: LONG_MS });
      await store.claim(claimOf("new", { slot: "s" }));
      expect(await store.claim(claimOf("old", { slot: "s" }))).toEqual({ kind: "abandoned" });
      expect(await store.inspectExchange(exchange("old"))).toMatchObject({ kind: "decided", reply });
    }),
  );

  it(
    "does not let an exchange that its slot has forgotten take it back",
    use(async ({ store, pass }) => {
      await store.claim(claimOf("old", { slot: "s" }));
      await pass(5); // Redis tells a forgotten exchange from a racing one by the clock.
      for (let round = 0; round <= SLOT_MEMORY; round++) await store.claim(claimOf(`new${round}`, { slot: "s" }));
      expect(await store.claim(claimOf("old", { slot: "s" }))).toEqual({ kind: "abandoned" });
      expect(await store.claim(claimOf(`new${SLOT_MEMORY}`, { slot: "s" }))).toMatchObject({ kind: "joined" });
      expect(await store.claim(claimOf("new0", { slot: "s" }))).toEqual({ kind: "abandoned" });
    }),
  );

  it(
    "takes a retransmission by another way, whoever had its slot there before",
    use(async ({ store, pass }) => {
      const there = { gatewayId: B, slot: "s at B" };
      await store.claim(claimOf("earlier", there));
      await store.claim(claimOf("x1", { slot: "s at A" }));
      await pass(5); // Redis tells a forgotten exchange from a racing one by the clock.
      expect(await store.claim(claimOf("x1", there))).toMatchObject({ kind: "joined" });
      expect(await store.claim(claimOf("x1", there))).toMatchObject({ kind: "joined" });
      expect(await store.claim(claimOf("earlier", there))).toEqual({ kind: "abandoned" });
      expect(await store.decideExchange({ ...exchange("earlier"), reply, keepMs: LONG_MS })).toEqual({
        kind: "abandoned",
      });
      const decided = await store.decideExchange({ ...exchange("x1"), reply, keepMs: LONG_MS });
      expect(decided).toMatchObject({ kind: "decided", first: true, gateways: [A, B] });
    }),
  );

  it(
    "sends a reply again by another way, but takes nobody's slot for an exchange that is abandoned",
    use(async ({ store, pass }) => {
      const there = { gatewayId: B, slot: "s at B" };
      await store.claim(claimOf("old", { slot: "s at A" }));
      await store.claim(claimOf("x1", { slot: "s at A" }));
      await store.decideExchange({ ...exchange("x1"), reply, keepMs: LONG_MS });
      await store.claim(claimOf("y1", there));
      await pass(5);
      expect(await store.claim(claimOf("old", there))).toEqual({ kind: "abandoned" });
      expect(await store.claim(claimOf("y1", there))).toMatchObject({ kind: "joined" });
      expect(await store.claim(claimOf("x1", there))).toMatchObject({ kind: "decided", reply });
    }),
  );

  it(
    "keeps the slots of clients apart",
    use(async ({ store }) => {
      await store.claim(claimOf("x1", { client: "vpn", slot: "s" }));
      await store.claim(claimOf("x2", { client: "vpn}{s", slot: "s" }));
      expect(await store.claim(claimOf("x1", { client: "vpn", slot: "s" }))).toMatchObject({ kind: "joined" });
    }),
  );

  it(
    "refuses a client's exchanges beyond its share, keeps nothing of them, and frees the share after the duplicate window",
    use(async ({ store, pass }) => {
      const share = { maxExchanges: 2, keepMs: SHORT_MS };
      await store.claim(claimOf("x1", share));
      await store.claim(claimOf("x2", { ...share, slot: "s" }));
      expect(await store.claim(claimOf("x3", { ...share, slot: "s" }))).toEqual({ kind: "refused" });
      expect(await store.inspectExchange(exchange("x3"))).toEqual({ kind: "unknown" });
      expect(await store.claim(claimOf("x2", { ...share, slot: "s" }))).toMatchObject({ kind: "joined" });
      expect(await store.claim(claimOf("x4", { ...share, client: "other" }))).toMatchObject({ kind: "new" });

      await store.decideExchange({ ...exchange("x1"), reply, keepMs: SHORT_MS });
      expect(await store.claim(claimOf("x3", share))).toEqual({ kind: "refused" });
      await pass(SHORT_MS);
      expect(await store.claim(claimOf("x3", share))).toMatchObject({ kind: "new" });
      expect(await store.claim(claimOf("x5", share))).toEqual({ kind: "refused" });
    }),
  );

  it(
    "shows an exchange without changing it, and only to whom has its user key",
    use(async ({ store }) => {
      expect(await store.inspectExchange(exchange("x1"))).toEqual({ kind: "unknown" });
      await store.claim(claimOf("x1"));
      const context = bytes("context of x1");
      expect(await store.inspectExchange(exchange("x1"))).toEqual({ kind: "waiting", context });
      const outcome = bytes("outcome");
      await store.decideExchange({ ...exchange("x1"), reply, outcome, keepMs: LONG_MS });
      const decided = { kind: "decided", context, reply, outcome, gateways: [A] };
      expect(await store.inspectExchange(exchange("x1"))).toEqual(decided);
      const foreign = { ...exchange("x1"), userKey: "key-of-bob" as UserKey };
      expect(await store.inspectExchange(foreign)).toEqual({ kind: "unknown" });
      expect(await store.decideExchange({ ...foreign, reply, keepMs: LONG_MS })).toEqual({ kind: "unknown" });
    }),
  );

  it(
    "keeps a reply for the duplicate window, and what waits for its time limit besides",
    use(async ({ store, pass }) => {
      await store.claim(claimOf("x1"));
      await store.decideExchange({ ...exchange("x1"), reply, keepMs: SHORT_MS });
      await store.claim(claimOf("x2", { timeLimitMs: SHORT_MS / 2, keepMs: SHORT_MS / 2 }));
      expect(await store.replies([exchange("x1"), exchange("x2"), exchange("x3")])).toEqual([
        reply,
        undefined,
        undefined,
      ]);
      await pass(SHORT_MS);
      expect(await store.inspectExchange(exchange("x1"))).toEqual({ kind: "unknown" });
      expect(await store.inspectExchange(exchange("x2"))).toEqual({ kind: "unknown" });
      expect(await store.replies([exchange("x1")])).toEqual([undefined]);
      expect(await store.claim(claimOf("x1"))).toMatchObject({ kind: "new" });
    }),
  );

  it(
    "keeps the outcome of a login until it is published",
    use(async ({ store, pass }) => {
      const outcome = bytes("outcome");
      await store.claim(claimOf("x1", { startsLogin: true }));
      await store.decideExchange({ ...exchange("x1"), reply, outcome, keepMs: SHORT_MS });
      await pass(SHORT_MS);
      expect(await store.inspectExchange(exchange("x1"))).toMatchObject({ kind: "decided", outcome });
      await store.removeDue([{ kind: "exchange", ...exchange("x1") }]);
      expect(await store.inspectExchange(exchange("x1"))).toEqual({ kind: "unknown" });
    }),
  );

  it(
    "gives bytes back as they came",
    use(async ({ store }) => {
      await store.claim(claimOf("x1", { context: ALL_BYTES }));
      await store.decideExchange({ ...exchange("x1"), reply: ALL_BYTES, outcome: new Uint8Array(0), keepMs: LONG_MS });
      const expected = { context: ALL_BYTES, reply: ALL_BYTES, outcome: new Uint8Array(0) };
      expect(await store.inspectExchange(exchange("x1"))).toMatchObject(expected);
      expect(await store.replies([exchange("x1")])).toEqual([ALL_BYTES]);
      expect(await store.claim(claimOf("x1"))).toMatchObject({ reply: ALL_BYTES });
    }),
  );

  it(
    "looks up a bounded number of replies",
    use(async ({ store }) => {
      const refs = Array.from({ length: MAX_LOOKUP + 1 }, (_, index) => exchange(`x${index}`));
      await expect(store.replies(refs)).rejects.toThrow(RangeError);
      expect(await store.replies(refs.slice(1))).toHaveLength(MAX_LOOKUP);
    }),
  );
}
