import { setTimeout as sleep } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { ClientChangedSchema, LoginRequestedSchema } from "@portcullis/proto";
import { type KafkaServer as Broker, startKafka } from "@portcullis/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { Unavailable } from "../unavailable.js";
import { describeEventTransport, type Handlers, idOf, login, moduleOf } from "./event-transport.contract.js";
import { type KafkaReplica, startOnKafka } from "./kafka-service.contract.js";
import { topicOf } from "./topic.js";

let broker: Broker;
let prefixes = 0;
const newPrefix = (): string => `t${++prefixes}.`;

beforeAll(async () => {
  broker = await startKafka();
});
afterAll(() => broker.stop());

describeEventTransport("on Kafka", (module) => startOnKafka(broker.brokers, newPrefix(), [module]));

describe("KafkaServer", () => {
  const running: KafkaReplica[] = [];
  const run = async (prefix: string, handlers: Handlers): Promise<KafkaReplica> => {
    const replica = await startOnKafka(broker.brokers, prefix, [moduleOf(handlers)]);
    running.push(replica);
    return replica;
  };
  afterEach(async () => {
    await Promise.all(running.splice(0).map((replica) => replica.close()));
  });
  const recorder = () => {
    const seen: string[] = [];
    const handlers: Handlers = {
      login: (event) => {
        seen.push(idOf(event));
        return Promise.resolve();
      },
    };
    return { seen, handlers };
  };
  const publish = (replica: KafkaReplica, ids: readonly string[], key = (id: string) => id) =>
    Promise.all(ids.map((id) => replica.bus.publish(LoginRequestedSchema, key(id), login(id))));
  const ids = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}${index}`);

  it("handles its first event about a second after its start", async () => {
    const prefix = newPrefix();
    await run(prefix, {});
    const { seen, handlers } = recorder();
    await Promise.all(running.splice(0).map((replica) => replica.close()));
    const startedAt = performance.now();
    const replica = await run(prefix, handlers);
    await publish(replica, ["first"]);
    await vi.waitFor(() => expect(seen).toEqual(["first"]), { timeout: 10_000, interval: 5 });
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    const publishedAt = performance.now();
    await publish(replica, ["second"]);
    await vi.waitFor(() => expect(seen).toHaveLength(2), { timeout: 10_000, interval: 1 });
    // An idle consumer gets an event at once, not with its next look.
    expect(performance.now() - publishedAt).toBeLessThan(400);
  });

  it("shares the events of a topic between replicas, and gives every state to each of them", async () => {
    const prefix = newPrefix();
    const states: string[][] = [[], []];
    const events: string[][] = [[], []];
    const replicas = [];
    for (const index of [0, 1]) {
      const replica = await run(prefix, {
        login: (event) => Promise.resolve(void events[index]?.push(idOf(event))),
        client: ({ key }) => Promise.resolve(void states[index]?.push(key)),
      });
      replicas.push(replica);
      await replica.bus.publishState(ClientChangedSchema, `c${index}`, create(ClientChangedSchema, { name: "c" }));
    }
    // The second one was ready only when it had the state of before.
    await vi.waitFor(
      () =>
        expect(states).toEqual([
          ["c0", "c1"],
          ["c0", "c1"],
        ]),
      { timeout: 10_000 },
    );
    await sleep(1_500);
    const all = ids("e", 200);
    for (const replica of replicas.slice(0, 1)) await publish(replica, all);
    await vi.waitFor(() => expect(new Set(events.flat()).size).toBe(200), { timeout: 10_000 });
    expect(events[0]?.length).toBeGreaterThan(20);
    expect(events[1]?.length).toBeGreaterThan(20);
  });

  it("is ready only when it knows every state that stood there", async () => {
    const prefix = newPrefix();
    const first = await run(prefix, {});
    const names = ids("client", 300);
    await Promise.all(
      names.map((name) => first.bus.publishState(ClientChangedSchema, name, create(ClientChangedSchema, { name }))),
    );
    const seen = new Set<string>();
    let holdUp = true;
    const starting = run(prefix, {
      client: async ({ key }) => {
        if (key === "client7" && holdUp) throw new Unavailable("no such key in the ring yet");
        seen.add(key);
      },
    });
    let isReady = false;
    void starting.then(() => {
      isReady = true;
    });
    await vi.waitFor(() => expect(seen.size).toBe(299), { timeout: 10_000 });
    expect(isReady).toBe(false);
    holdUp = false;
    await starting;
    expect(seen.size).toBe(300);
  });

  it("commits only below what is unfinished, and what is unfinished comes again after a kill", async () => {
    const prefix = newPrefix();
    const gate = Promise.withResolvers<void>();
    const first: string[] = [];
    const killed = await run(prefix, {
      login: async (event) => {
        if (idOf(event) === "e50") await gate.promise;
        first.push(idOf(event));
      },
    });
    const all = ids("e", 100);
    await publish(killed, all);
    await vi.waitFor(() => expect(first).toHaveLength(99), { timeout: 10_000 });
    await sleep(1_500); // for the timer that commits
    killed.cut();
    const { seen, handlers } = recorder();
    const killedAt = performance.now();
    await run(prefix, handlers);
    await vi.waitFor(() => expect(seen).toContain("e50"), { timeout: 15_000 });
    expect(performance.now() - killedAt).toBeLessThan(10_000);
    // Whole partitions without an unfinished record were committed; the one with it from there on comes again.
    expect(seen.length).toBeLessThan(60);
    gate.resolve();
  });

  it("commits what it finished when it leaves: the next replica gets nothing twice", async () => {
    const prefix = newPrefix();
    const first = recorder();
    const leaving = await run(prefix, first.handlers);
    await publish(leaving, ids("e", 50));
    await vi.waitFor(() => expect(first.seen).toHaveLength(50), { timeout: 10_000 });
    await leaving.close();
    running.splice(0);
    const second = recorder();
    const next = await run(prefix, second.handlers);
    await publish(next, ["last"]);
    await vi.waitFor(() => expect(second.seen).toContain("last"), { timeout: 10_000 });
    expect(second.seen).toEqual(["last"]);
  });

  it("holds more events than may run at once without losing its place in the group", async () => {
    const prefix = newPrefix();
    const gate = Promise.withResolvers<void>();
    const seen: string[] = [];
    const replica = await run(prefix, {
      login: async (event) => {
        await gate.promise;
        seen.push(idOf(event));
      },
    });
    const all = ids("e", 5_000);
    await publish(replica, all);
    await sleep(8_000); // longer than the session
    expect(seen).toEqual([]);
    gate.resolve();
    await vi.waitFor(() => expect(seen.length).toBeGreaterThanOrEqual(5_000), { timeout: 20_000 });
    expect(new Set(seen).size).toBe(5_000);
    expect(seen).toHaveLength(5_000);
  });

  it("moves a record that is no event of its topic to the dead letters", async () => {
    const prefix = newPrefix();
    const { seen, handlers } = recorder();
    const replica = await run(prefix, handlers);
    const producer = replica.kafka.producer();
    await producer.connect();
    const topic = prefix + topicOf(LoginRequestedSchema).name;
    await producer.send({ topic, messages: [{ key: "k", value: Buffer.from([0xff, 0xff]) }] });
    await producer.disconnect();
    await publish(replica, ["good"], () => "k");
    await vi.waitFor(() => expect(seen).toEqual(["good"]), { timeout: 10_000 });
    const admin = replica.kafka.admin();
    await admin.connect();
    await vi.waitFor(async () => expect((await admin.fetchTopicOffsets(`${topic}.dead`))[0]?.high).toBe("1"), 5_000);
    await admin.disconnect();
  });

  it("outlives a broker that is killed and comes back after ten seconds", async () => {
    const prefix = newPrefix();
    const states: string[] = [];
    const { seen, handlers } = recorder();
    const replica = await run(prefix, {
      ...handlers,
      client: ({ key }) => Promise.resolve(void states.push(key)),
    });
    await publish(replica, ["before"]);
    await vi.waitFor(() => expect(seen).toEqual(["before"]), { timeout: 10_000 });

    await broker.kill();
    const awayAt = performance.now();
    await expect(replica.bus.publish(LoginRequestedSchema, "k", login("away"))).rejects.toThrow(Unavailable);
    expect(performance.now() - awayAt).toBeLessThan(5_000);
    await sleep(10_000 - (performance.now() - awayAt));
    await broker.restart();

    const backAt = performance.now();
    await vi.waitFor(() => replica.bus.publish(LoginRequestedSchema, "k", login("after")), { timeout: 15_000 });
    await vi.waitFor(() => expect(seen).toContain("after"), { timeout: 30_000 });
    const eventsAfterMs = Math.round(performance.now() - backAt);
    await vi.waitFor(() => replica.bus.publishState(ClientChangedSchema, "c", create(ClientChangedSchema)), 10_000);
    await vi.waitFor(() => expect(states).toContain("c"), { timeout: 30_000 });
    const statesAfterMs = Math.round(performance.now() - backAt);
    process.stdout.write(`broker back: events after ${eventsAfterMs} ms, states after ${statesAfterMs} ms\n`);
    expect(performance.now() - backAt).toBeLessThan(20_000);
  });
});
