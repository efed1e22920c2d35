import { createSecretKey, randomBytes } from "node:crypto";
import { type Log, PooledRandom, Sealer, type Stages, Unavailable } from "@portcullis/kit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PLAIN_REPLY, ReplySealer } from "./contracts/reply.js";
import { type Claim, type ExchangeStore, type Wake } from "./exchange-store.js";
import { FrontEnd, type FrontEndAnswer, type FrontEndRequest, MAX_WAITING_PER_USER } from "./front-end.js";
import type { ExchangeId, GatewayId, UserKey } from "./ids.js";
import type { Reply } from "./login-context.js";
import { StoreUnavailable } from "./pending-store.js";

const GATEWAY = "0f".repeat(16) as GatewayId;
const FIRST = "01".repeat(16) as ExchangeId;
const CONTEXT = Buffer.from("context");
const FIRST_CONTEXT = Buffer.from("context of the first claim");
const TIME_LIMIT_MS = 30_000;
/** The time limit and the grace behind it. */
const GIVEN_UP_AFTER_MS = 35_000;

const replies = new ReplySealer(sealer());
const foreignReplies = new ReplySealer(sealer());

function sealer(active = 1): Sealer {
  const key = createSecretKey(randomBytes(32));
  return new Sealer({ active, sealing: new Map([[active, key]]), digest: key, audit: key }, new PooledRandom());
}

function replyOf(change: Partial<Reply> = {}): Reply {
  return {
    ...PLAIN_REPLY,
    verdict: "accept",
    message: "hello",
    ...change,
  };
}

const sealed = (change: Partial<Reply> = {}): Uint8Array => replies.seal({ exchangeId: FIRST }, replyOf(change));
const newClaim = (): Claim => ({ kind: "new", claimedAtMs: 1_000 });
const joined = (ageMs: number): Claim => ({ kind: "joined", claimedAtMs: 1_000, ageMs, context: FIRST_CONTEXT });

const fakeLog = () => ({
  debug: vi.fn<Log["debug"]>(),
  info: vi.fn<Log["info"]>(),
  warn: vi.fn<Log["warn"]>(),
  error: vi.fn<Log["error"]>(),
});

const unused = (): never => {
  throw new Error("A front end does not decide.");
};

/** A store that says what a test tells it to; what a front end never calls is not there. */
function fakeStore() {
  const listener: { wake: (wakes: readonly Wake[]) => void; signal: AbortSignal | undefined } = {
    wake: () => undefined,
    signal: undefined,
  };
  const store = {
    claim: vi.fn<ExchangeStore["claim"]>(async () => newClaim()),
    replies: vi.fn<ExchangeStore["replies"]>(async (refs) => refs.map(() => undefined)),
    listen: vi.fn<ExchangeStore["listen"]>(async (_gatewayId, onWakes, signal) => {
      listener.wake = onWakes;
      listener.signal = signal;
    }),
    decideExchange: unused,
    inspectExchange: unused,
    wake: unused,
  };
  return { store, listener };
}

function setUp(prepare: (store: ReturnType<typeof fakeStore>["store"]) => void = () => undefined) {
  const { store, listener } = fakeStore();
  prepare(store);
  const log = fakeLog();
  const clock = { nowMs: () => Date.now() };
  const stages = { observe: vi.fn<Stages["observe"]>() };
  const frontEnd = new FrontEnd({ gatewayId: GATEWAY, store, replies, clock, stages, log });
  const publish = vi.fn<FrontEndRequest["publish"]>(async () => undefined);
  const request: FrontEndRequest = {
    exchangeId: FIRST,
    userKey: "0a".repeat(16) as UserKey,
    slot: "192.0.2.1|1812|7",
    client: "vpn",
    timeLimitMs: TIME_LIMIT_MS,
    keepMs: 30_000,
    maxExchanges: 100,
    startsLogin: true,
    context: CONTEXT,
    publish,
  };
  const submit = () => {
    const answers: FrontEndAnswer[] = [];
    void frontEnd.submit(request).then((answer) => answers.push(answer));
    return answers;
  };
  frontEnd.start();
  return { store, listener, log, frontEnd, publish, request, submit };
}

const turns = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => void vi.useFakeTimers({ now: 5_000_000 }));
afterEach(() => void vi.useRealTimers());

describe("the first time an exchange is handed in", () => {
  it("is claimed for this gateway, published and answered by a wake-up", async () => {
    const { store, listener, publish, request, submit, frontEnd } = setUp();
    const answers = submit();
    await turns();
    const { publish: _publish, ...claimed } = request;
    expect(store.claim.mock.calls).toEqual([[{ ...claimed, gatewayId: GATEWAY }]]);
    expect(publish.mock.calls).toEqual([[1_000, CONTEXT]]);
    expect(answers).toEqual([]);
    expect(frontEnd.waitingCount).toBe(1);
    listener.wake([{ exchangeId: FIRST, reply: sealed() }]);
    await turns();
    expect(answers).toEqual([{ kind: "reply", reply: replyOf(), again: false }]);
    expect(frontEnd.waitingCount).toBe(0);
  });

  it("answers at once what was decided before, and says so", async () => {
    const { store, publish, submit } = setUp();
    store.claim.mockResolvedValue({ kind: "decided", claimedAtMs: 1_000, reply: sealed({ verdict: "reject" }) });
    const answers = submit();
    await turns();
    expect(answers).toEqual([{ kind: "reply", reply: replyOf({ verdict: "reject" }), again: true }]);
    expect(publish).not.toHaveBeenCalled();
  });

  it("waits for another gateway's exchange, and publishes it when that one may be dead", async () => {
    const young = setUp();
    young.store.claim.mockResolvedValue(joined(999));
    young.submit();
    await turns();
    expect(young.publish).not.toHaveBeenCalled();
    const old = setUp();
    old.store.claim.mockResolvedValue(joined(1_000));
    const answers = old.submit();
    await turns();
    expect(old.publish.mock.calls).toEqual([[1_000, FIRST_CONTEXT]]);
    expect(answers).toEqual([]);
  });

  it.each(["abandoned", "refused"] as const)("is not answered when it is %s", async (kind) => {
    const { store, publish, submit, frontEnd } = setUp();
    store.claim.mockResolvedValue({ kind });
    const answers = submit();
    await turns();
    expect(answers).toEqual([{ kind: "none", why: kind }]);
    expect(publish).not.toHaveBeenCalled();
    expect(frontEnd.waitingCount).toBe(0);
  });

  it("is not answered when the verdict is to discard it, however it comes", async () => {
    const { listener, submit } = setUp();
    const answers = submit();
    await turns();
    listener.wake([{ exchangeId: FIRST, reply: sealed({ verdict: "discard" }) }]);
    await turns();
    expect(answers).toEqual([{ kind: "none", why: "discarded" }]);
  });
});

describe("a store or bus that is away", () => {
  it("is refused when too many of the same user wait, and touches nobody else", async () => {
    const { store, frontEnd, request, listener } = setUp();
    const submitAs = (count: number, userKey: UserKey) =>
      frontEnd.submit({ ...request, userKey, exchangeId: count.toString(16).padStart(32, "0") as ExchangeId });
    for (let count = 0; count < MAX_WAITING_PER_USER - 1; count++) void submitAs(count, request.userKey);
    void frontEnd.submit(request);
    expect(await submitAs(5_000, request.userKey)).toEqual({ kind: "none", why: "user-busy" });
    void submitAs(6_000, "0b".repeat(16) as UserKey);
    await turns();
    expect(store.claim).toHaveBeenCalledTimes(MAX_WAITING_PER_USER + 1);
    listener.wake([{ exchangeId: FIRST, reply: sealed() }]);
    await turns();
    void submitAs(5_000, request.userKey);
    await turns();
    expect(store.claim).toHaveBeenCalledTimes(MAX_WAITING_PER_USER + 2);
  });

  it("means silence when the claim fails", async () => {
    const { store, log, submit, frontEnd } = setUp();
    store.claim.mockRejectedValue(new StoreUnavailable("away"));
    const answers = submit();
    await turns();
    expect(answers).toEqual([{ kind: "none", why: "unavailable" }]);
    expect(log.error).not.toHaveBeenCalled();
    expect(frontEnd.waitingCount).toBe(0);
  });

  it("means silence when the first publishing fails, and the next retransmission publishes", async () => {
    const { store, publish, submit } = setUp();
    publish.mockRejectedValueOnce(new Unavailable("no broker"));
    const first = submit();
    await turns();
    expect(first).toEqual([{ kind: "none", why: "unavailable" }]);
    store.claim.mockResolvedValue(joined(3_000));
    const second = submit();
    await turns();
    expect(publish).toHaveBeenCalledTimes(2);
    expect(second).toEqual([]);
  });

  it("does not take back the wait when it fails at a retransmission only", async () => {
    const { store, listener, submit } = setUp();
    const answers = submit();
    await vi.advanceTimersByTimeAsync(1_500);
    store.claim.mockRejectedValue(new StoreUnavailable("away"));
    submit();
    await turns();
    expect(store.claim).toHaveBeenCalledTimes(2);
    expect(answers).toEqual([]);
    listener.wake([{ exchangeId: FIRST, reply: sealed() }]);
    await turns();
    expect(answers).toHaveLength(1);
  });

  it("is told from a bug, which is logged and not answered either", async () => {
    const { store, log, submit } = setUp();
    store.claim.mockRejectedValue(new TypeError("undefined is not a function"));
    const answers = submit();
    await turns();
    expect(answers).toEqual([{ kind: "none", why: "unavailable" }]);
    expect(log.error.mock.calls[0]?.[0]).toBe("front_end.bug");
  });

  it("may come back: look-ups go on after one that failed", async () => {
    const { store, submit } = setUp();
    store.replies.mockRejectedValueOnce(new StoreUnavailable("away"));
    const answers = submit();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(answers).toEqual([]);
    store.replies.mockResolvedValue([sealed()]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(answers).toEqual([{ kind: "reply", reply: replyOf(), again: false }]);
  });
});

describe("a retransmission", () => {
  it("within a second touches nothing; later it is claimed and published again; one answer in all", async () => {
    const { store, listener, publish, submit } = setUp();
    const first = submit();
    await vi.advanceTimersByTimeAsync(500);
    const second = submit();
    await turns();
    expect(second).toEqual([{ kind: "none", why: "waiting-here" }]);
    expect(store.claim).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(600);
    store.claim.mockResolvedValue(joined(1_100));
    const third = submit();
    await turns();
    expect(third).toEqual([{ kind: "none", why: "waiting-here" }]);
    expect(publish.mock.calls).toEqual([
      [1_000, CONTEXT],
      [1_000, FIRST_CONTEXT],
    ]);
    listener.wake([{ exchangeId: FIRST, reply: sealed() }]);
    await turns();
    expect(first).toHaveLength(1);
  });

  it("that finds the verdict answers the one that waits", async () => {
    const { store, submit } = setUp();
    const first = submit();
    await vi.advanceTimersByTimeAsync(1_500);
    store.claim.mockResolvedValue({ kind: "decided", claimedAtMs: 1_000, reply: sealed() });
    submit();
    await turns();
    expect(first).toEqual([{ kind: "reply", reply: replyOf(), again: true }]);
  });

  it("that finds the exchange abandoned ends the wait without an answer", async () => {
    const { store, submit, frontEnd } = setUp();
    const first = submit();
    await vi.advanceTimersByTimeAsync(1_500);
    store.claim.mockResolvedValue({ kind: "abandoned" });
    submit();
    await turns();
    expect(first).toEqual([{ kind: "none", why: "abandoned" }]);
    expect(frontEnd.waitingCount).toBe(0);
  });

  it("is another login, with its own context, where the store has lost the first claim", async () => {
    const { frontEnd, publish, request, submit } = setUp();
    submit();
    await vi.advanceTimersByTimeAsync(1_500);
    const context = Buffer.from("context of the retransmission");
    void frontEnd.submit({ ...request, context });
    await turns();
    expect(publish.mock.calls).toEqual([
      [1_000, CONTEXT],
      [1_000, context],
    ]);
  });

  it("is not disturbed by the late failure of an earlier hand-in", async () => {
    const { store, listener, publish, submit } = setUp();
    const publishing = Promise.withResolvers<void>();
    publish.mockReturnValueOnce(publishing.promise);
    const first = submit();
    await turns();
    listener.wake([{ exchangeId: FIRST, reply: sealed() }]);
    await turns();
    expect(first).toHaveLength(1);
    store.claim.mockResolvedValue(joined(100));
    const second = submit();
    await turns();
    publishing.reject(new Unavailable("no broker"));
    await turns();
    expect(second).toEqual([]);
  });
});

describe("a reply that must be held back", () => {
  const DELAY_MS = 1_000;
  const delayed = () => sealed({ verdict: "reject", notBeforeMs: Date.now() + DELAY_MS });

  it("is given at its time, once, whatever comes meanwhile", async () => {
    const { store, listener, submit, frontEnd } = setUp();
    const first = submit();
    await turns();
    const reply = delayed();
    listener.wake([{ exchangeId: FIRST, reply }]);
    listener.wake([{ exchangeId: FIRST, reply }]);
    await vi.advanceTimersByTimeAsync(DELAY_MS - 1);
    const retransmitted = submit();
    listener.wake([{ exchangeId: FIRST, reply }]);
    await turns();
    expect(first).toEqual([]);
    expect(retransmitted).toEqual([{ kind: "none", why: "waiting-here" }]);
    await vi.advanceTimersByTimeAsync(1);
    expect(first).toHaveLength(1);
    expect(frontEnd.waitingCount).toBe(0);
    expect(store.claim).toHaveBeenCalledTimes(1);
  });

  it("is not looked up, claimed or given up while it is held", async () => {
    const { store, listener, submit } = setUp();
    const first = submit();
    await vi.advanceTimersByTimeAsync(GIVEN_UP_AFTER_MS - 500);
    const lookups = store.replies.mock.calls.length;
    listener.wake([{ exchangeId: FIRST, reply: sealed({ notBeforeMs: Date.now() + 9_000 }) }]);
    await vi.advanceTimersByTimeAsync(8_000);
    submit();
    await turns();
    expect(first).toEqual([]);
    expect(store.replies).toHaveBeenCalledTimes(lookups);
    expect(store.claim).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(first).toMatchObject([{ kind: "reply" }]);
  });

  it("may be held back until the time limit", async () => {
    const { listener, submit } = setUp();
    const first = submit();
    await turns();
    listener.wake([{ exchangeId: FIRST, reply: sealed({ notBeforeMs: Date.now() + TIME_LIMIT_MS }) }]);
    await vi.advanceTimersByTimeAsync(TIME_LIMIT_MS - 1);
    expect(first).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(first).toHaveLength(1);
  });

  it.each([
    ["until its exchange would be given up", 1_000, GIVEN_UP_AFTER_MS],
    ["for the longest delay", GIVEN_UP_AFTER_MS - 500, GIVEN_UP_AFTER_MS - 500 + 10_000],
  ])("is held back no longer than %s, whatever the clocks say", async (_what, cameAfterMs, sentAfterMs) => {
    const { listener, submit } = setUp();
    const first = submit();
    await vi.advanceTimersByTimeAsync(cameAfterMs);
    listener.wake([{ exchangeId: FIRST, reply: sealed({ notBeforeMs: Date.now() + 2 ** 33 }) }]);
    await vi.advanceTimersByTimeAsync(sentAfterMs - cameAfterMs - 1);
    expect(first).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(first).toHaveLength(1);
  });
});

describe("what looks like a reply and is none", () => {
  it("is refused when it was sealed elsewhere or for another exchange", async () => {
    const other = "02".repeat(16) as ExchangeId;
    for (const reply of [
      foreignReplies.seal({ exchangeId: FIRST }, replyOf()),
      replies.seal({ exchangeId: other }, replyOf()),
    ]) {
      const { listener, log, submit } = setUp();
      const answers = submit();
      await turns();
      listener.wake([{ exchangeId: FIRST, reply }]);
      await turns();
      expect(answers).toEqual([{ kind: "none", why: "forged" }]);
      expect(log.error.mock.calls[0]?.[0]).toBe("front_end.reply_forged");
    }
  });

  it("is as if a store were away when its key is not known here yet", async () => {
    const { listener, log, submit } = setUp();
    const answers = submit();
    await turns();
    const newer = new ReplySealer(sealer(2));
    listener.wake([{ exchangeId: FIRST, reply: newer.seal({ exchangeId: FIRST }, replyOf()) }]);
    await turns();
    expect(answers).toEqual([{ kind: "none", why: "unavailable" }]);
    expect(log.warn.mock.calls[0]?.[0]).toBe("front_end.reply_unreadable");
  });

  it("is ignored when nobody waits for it", async () => {
    const { listener, log, frontEnd } = setUp();
    listener.wake([{ exchangeId: FIRST, reply: sealed() }]);
    await turns();
    expect(frontEnd.waitingCount).toBe(0);
    expect(log.error).not.toHaveBeenCalled();
  });
});

describe("lost wake-ups", () => {
  it("are made good by looking, less and less often", async () => {
    const { store, submit } = setUp();
    const answers = submit();
    const startedAt = Date.now();
    const at: number[] = [];
    store.replies.mockImplementation(async () => {
      at.push(Date.now() - startedAt);
      return at.length < 5 ? [undefined] : [sealed()];
    });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(at).toEqual([1_000, 3_000, 7_000, 12_000, 17_000]);
    expect(answers).toEqual([{ kind: "reply", reply: replyOf(), again: false }]);
  });

  it("are asked for at most 256 at once, and not while the store still thinks", async () => {
    const { store, frontEnd, request } = setUp();
    for (let count = 0; count < 300; count++) {
      const id = count.toString(16).padStart(32, "0");
      void frontEnd.submit({ ...request, exchangeId: id as ExchangeId, userKey: id as UserKey });
    }
    const lookup = Promise.withResolvers<[]>();
    store.replies.mockReturnValue(lookup.promise);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(store.replies.mock.calls.map(([refs]) => refs.length)).toEqual([256]);
    lookup.resolve([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(store.replies).toHaveBeenCalledTimes(2);
  });

  it("end at the time limit: nothing is waited for without end", async () => {
    const { submit, frontEnd } = setUp();
    const answers = submit();
    await vi.advanceTimersByTimeAsync(GIVEN_UP_AFTER_MS - 1_000);
    expect(answers).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(answers).toEqual([{ kind: "none", why: "timed-out" }]);
    expect(frontEnd.waitingCount).toBe(0);
  });

  it("are reported when the inbox cannot be listened to at all", async () => {
    const { log } = setUp((store) => store.listen.mockRejectedValue(new Error("bug")));
    await turns();
    expect(log.error.mock.calls[0]?.[0]).toBe("front_end.deaf");
  });
});

describe("leaving", () => {
  it("takes nothing new, lets what waits finish, and stops listening", async () => {
    const { listener, submit, frontEnd, request } = setUp();
    const answers = submit();
    await turns();
    let stopped = false;
    void frontEnd.stop(5_000).then(() => (stopped = true));
    const late = await frontEnd.submit({ ...request, exchangeId: "03".repeat(16) as ExchangeId });
    expect(late).toEqual({ kind: "none", why: "unavailable" });
    await vi.advanceTimersByTimeAsync(1_000);
    expect([stopped, listener.signal?.aborted]).toEqual([false, false]);
    listener.wake([{ exchangeId: FIRST, reply: sealed() }]);
    await vi.advanceTimersByTimeAsync(50);
    expect(answers).toMatchObject([{ kind: "reply" }]);
    expect([stopped, listener.signal?.aborted]).toEqual([true, true]);
  });

  it("gives up after the grace, what is held back included, and leaves no timer", async () => {
    const { listener, submit, frontEnd, request } = setUp();
    const answers = submit();
    void frontEnd.submit({ ...request, exchangeId: "04".repeat(16) as ExchangeId });
    await turns();
    listener.wake([{ exchangeId: FIRST, reply: sealed({ notBeforeMs: Date.now() + 9_000 }) }]);
    const stopping = frontEnd.stop(200);
    await vi.advanceTimersByTimeAsync(250);
    await stopping;
    expect(answers).toEqual([{ kind: "none", why: "unavailable" }]);
    expect(frontEnd.waitingCount).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
