import { Code, octetsOf, stateAttribute } from "@portcullis/radius";
import { eventually, sleepMs } from "@portcullis/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { type Handler, replyTo } from "./testing/fake-target.js";
import { accept, idOf, StartedTargets, silent, type TargetUnderTest } from "./testing/target-under-test.js";

const started = new StartedTargets();
const target = (handler: Handler) => started.target(handler);
const clientOf = (...parts: ConstructorParameters<typeof TargetUnderTest>) => started.clientOf(...parts);

afterEach(() => started.stop());

describe("several servers", () => {
  it("are asked in order, the next one after a time-out only", async () => {
    const [first, second] = [await target(silent), await target(accept)];
    const client = clientOf([first, second]);
    const startedMs = Date.now();
    expect(await client.exchange()).toMatchObject({ kind: "reply", server: idOf(second) });
    expect(Date.now() - startedMs).toBeGreaterThanOrEqual(240);
    expect([first.requests.length, second.requests.length]).toEqual([3, 1]);
    first.handler = accept;
    expect(await client.exchange()).toMatchObject({ server: idOf(first) });
  });

  it("are asked at once when the first says that it does not work on the request", async () => {
    const [first, second] = [
      await target((request, answer) => answer(replyTo(request, Code.ProtocolError))),
      await target(accept),
    ];
    const client = clientOf([first, second]);
    expect(await client.exchange()).toMatchObject({ kind: "reply", server: idOf(second) });
    expect(client.count("timeout")).toBe(0);
  });

  it("are skipped while they are zombies or dead, and come back by Status-Server", async () => {
    const [first, second] = [await target(silent), await target(accept)];
    const client = clientOf([first, second]);
    await Promise.all([client.exchange(), client.exchange()]);
    expect(client.client.states().get(idOf(first))).toBe("zombie");
    const before = first.requests.length;
    const startedMs = Date.now();
    expect(await client.exchange()).toMatchObject({ server: idOf(second) });
    expect([first.requests.length, Date.now() - startedMs < 200]).toEqual([before, true]);
    await eventually(() => client.client.states().get(idOf(first)) === "dead", { what: "the silent server is dead" });
    expect(first.statusRequests).toBeGreaterThan(1);
    first.handler = accept;
    await eventually(() => client.client.states().get(idOf(first)) === "alive", { what: "the server is back" });
    expect(first.requests).toHaveLength(before);
    expect(await client.exchange()).toMatchObject({ server: idOf(first) });
    expect(client.told.filter((line) => line.startsWith("state"))).toEqual(
      ["alive", "alive", "zombie", "dead", "alive"].map((state) => `state ${state}`),
    );
  });

  it("are asked when all of them are dead, a few requests at a time, and a reply brings one back", async () => {
    const server = await target(silent);
    const health = { timeoutsToZombie: 1, zombiePeriodMs: 1, statusServer: false } as const;
    const quick = { checkIntervalMs: 60_000, checkTimeoutMs: 1, answersToAlive: 1, reviveIntervalMs: 60_000 };
    const client = clientOf([server], { health: { ...health, ...quick } });
    await client.exchange();
    await sleepMs(5);
    expect(client.client.states().get(idOf(server))).toBe("dead");
    const before = client.count("sent 1 1");
    await Promise.all(Array.from({ length: 50 }, () => client.exchange()));
    expect(client.count("sent 1 1") - before).toBe(16);
    server.handler = accept;
    expect(await client.exchange()).toMatchObject({ kind: "reply" });
    expect(client.client.states().get(idOf(server))).toBe("alive");
  });
});

describe("a pinned server", () => {
  it("is asked though it is not the first, and never replaced", async () => {
    const [first, second] = [await target(accept), await target(accept)];
    const client = clientOf([first, second]);
    expect(await client.exchange({ server: idOf(second) })).toMatchObject({ server: idOf(second) });
    second.handler = silent;
    expect(await client.exchange({ server: idOf(second) })).toEqual({ kind: "unavailable" });
    expect(first.requests).toHaveLength(0);
  });

  it("that is none of the target's any more is not replaced either", async () => {
    const server = await target(accept);
    expect(await clientOf([server]).exchange({ server: "192.0.2.1:1812" })).toEqual({ kind: "unavailable" });
    expect(server.requests).toHaveLength(0);
  });

  it("gets all rounds of a State, those of two servers side by side", async () => {
    const rounds: Handler = (request, answer) => {
      const state = request.packet.first(24);
      const next = state === undefined ? 1 : Number(Buffer.from(state).toString().split(" ")[1]) + 1;
      const owner = Buffer.from(state ?? `${Math.random()} 0`)
        .toString()
        .split(" ")[0];
      const reply =
        next > 5
          ? replyTo(request)
          : replyTo(request, Code.AccessChallenge, [stateAttribute(Buffer.from(`${owner} ${next}`))]);
      answer(reply);
    };
    const [first, second] = [await target(rounds), await target(rounds)];
    const client = clientOf([first, second]);
    for (const server of [first, second]) {
      let attributes: Uint8Array = octetsOf([]);
      for (let round = 0; round < 6; round++) {
        const result = await client.exchange({ attributes, server: idOf(server) });
        if (result.kind !== "reply") throw new Error(result.kind);
        expect([result.server, result.code]).toEqual([
          idOf(server),
          round < 5 ? Code.AccessChallenge : Code.AccessAccept,
        ]);
        attributes = result.attributes;
      }
    }
    expect([first.requests.length, second.requests.length]).toEqual([6, 6]);
  });
});

describe("many requests", () => {
  it("1,000 at a time use several sockets, no Identifier twice, and each gets its own reply, whatever the order", async () => {
    const held: Array<() => void> = [];
    const server = await target((request, answer) => {
      const name = { type: 18, value: Buffer.from(request.packet.first(1) ?? []) };
      held.push(() => answer(replyTo(request, Code.AccessAccept, [name])));
    });
    const options = { maxOutstanding: 1000, clientShare: 1, responseWindowMs: 15_000 };
    const client = clientOf([server], { ...options, retransmission: { firstWaitMs: 10_000, tries: 2 } });
    const deadlineMs = Date.now() + 15_000;
    const all = Array.from({ length: 1000 }, (_, index) => {
      const attributes = octetsOf([{ type: 1, value: Buffer.from(`user-${index}`) }]);
      return client.exchange({ attributes, deadlineMs });
    });
    expect(await client.exchange()).toEqual({ kind: "busy" });
    await eventually(() => held.length === 1000, { what: "1,000 requests are outstanding" });
    for (const answer of held.toReversed()) answer();
    const results = await Promise.all(all);
    const expected = Array.from({ length: 1000 }, (_, index) => `user-${index}`);
    const got = results.map((each) =>
      each.kind === "reply" ? Buffer.from(each.attributes.subarray(2)).toString() : each.kind,
    );
    expect(got).toEqual(expected);
    expect(client.count("busy vpn")).toBe(1);
  });

  it("of one client leave the slots of others free", async () => {
    const server = await target(silent);
    const client = clientOf([server], { maxOutstanding: 20, clientShare: 0.5 });
    const flood = Array.from({ length: 50 }, () => client.exchange({ client: "flood" }));
    server.handler = (request, answer) => {
      if (request.packet.first(1)?.length === 3) answer(replyTo(request));
    };
    const attributes = octetsOf([{ type: 1, value: Buffer.from("bob") }]);
    expect(await client.exchange({ client: "vpn", attributes })).toMatchObject({ kind: "reply" });
    const kinds = (await Promise.all(flood)).map(({ kind }) => kind);
    expect([kinds.filter((kind) => kind === "busy").length, client.count("busy flood")]).toEqual([40, 40]);
  });

  it("survive a network that loses, doubles and reorders", async () => {
    let seen = 0;
    const server = await target((request, answer) => {
      seen++;
      // Every third request is lost; the first reply of the others too, now and then.
      if (seen % 3 === 0) return;
      const reply = replyTo(request);
      setTimeout(() => answer(reply), (seen * 7) % 20);
      if (seen % 5 === 0) answer(reply);
    });
    const client = clientOf([server], {
      responseWindowMs: 3000,
      retransmission: { firstWaitMs: 40, tries: 6 },
      clientShare: 1,
    });
    const results = await Promise.all(Array.from({ length: 200 }, () => client.exchange()));
    expect(results.filter(({ kind }) => kind === "reply")).toHaveLength(200);
    expect(client.client.states().get(idOf(server))).toBe("alive");
  });
});

describe("closing", () => {
  it("lets what is under way end, and takes no more", async () => {
    const server = await target((request, answer) => void setTimeout(() => answer(replyTo(request)), 50));
    const client = clientOf([server]);
    const underWay = client.exchange();
    const closed = client.client.close(2000);
    expect(await client.exchange()).toEqual({ kind: "unavailable" });
    expect(await underWay).toMatchObject({ kind: "reply" });
    await closed;
  });

  it("ends what takes longer than the grace period", async () => {
    const [first, second] = [await target(silent), await target(silent)];
    const client = clientOf([first, second], { responseWindowMs: 10_000 });
    const underWay = client.exchange({ deadlineMs: Date.now() + 20_000 });
    await client.client.close(30);
    expect(await underWay).toEqual({ kind: "unavailable" });
    expect(second.requests).toHaveLength(0);
  });
});
