import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, fromBinary } from "@bufbuild/protobuf";
import type { DynamicModule } from "@nestjs/common";
import { LoginDecidedSchema, LoginRequestedSchema } from "@portcullis/proto";
import { Registry } from "prom-client";
import { describe, expect, it, vi } from "vitest";
import { systemClock } from "../clock.js";
import { createApplication } from "../run-service.js";
import { createEventMetrics } from "../telemetry/event-metrics.js";
import { testPlatform } from "../test-platform.contract.js";
import { Unavailable } from "../unavailable.js";
import { deadLetterFile } from "./dead-letters.js";
import { describeEventTransport, idOf, login, moduleOf, type RunningTransport } from "./event-transport.contract.js";
import { InProcessBus, InProcessServer } from "./in-process.js";

async function start(...modules: DynamicModule[]): Promise<RunningTransport> {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-dead-"));
  const file = join(folder, "dead-letters.jsonl");
  const bus = new InProcessBus();
  const platform = testPlatform(bus);
  const metrics = createEventMetrics(new Registry());
  const parts = { clock: systemClock, log: platform.log, metrics, deadLetters: deadLetterFile(file) };
  const app = await createApplication(platform, { kind: "private-socket" }, modules, new InProcessServer(bus, parts));
  return {
    bus,
    deadLetters: async () => {
      const text = await readFile(file, "utf8").catch(() => "");
      if (text !== "") expect((await stat(file)).mode & 0o777).toBe(0o600);
      const lines = text.split("\n").filter(Boolean);
      const values = lines.map((line) => Buffer.from(JSON.parse(line).value, "base64"));
      return values.map((value) => idOf(fromBinary(LoginRequestedSchema, value)));
    },
    close: async () => {
      await app.close();
      await rm(folder, { recursive: true });
    },
  };
}

describeEventTransport("in process", start);

const decided = (loginId: string) => create(LoginDecidedSchema, { context: { loginId } });

describe("InProcessBus", () => {
  it("resolves for an event of minutes when it is queued, for one of days when every handler has done with it", async () => {
    const gate = Promise.withResolvers<void>();
    const { bus, close } = await start(moduleOf({ login: () => gate.promise, decided: () => gate.promise }));
    await bus.publish(LoginRequestedSchema, "k", login("minutes"));
    let isDone = false;
    const published = bus.publish(LoginDecidedSchema, "k", decided("days")).then(() => {
      isDone = true;
    });
    await new Promise(setImmediate);
    expect(isDone).toBe(false);
    gate.resolve();
    await published;
    await close();
  });

  it("gives each service its events, though another one's handler fails", async () => {
    const seen: string[] = [];
    const failing = moduleOf({ login: () => Promise.reject(new TypeError("a bug")) });
    const working = moduleOf({
      login: (event) => {
        seen.push(idOf(event));
        return Promise.resolve();
      },
    });
    const { bus, close } = await start(failing, working);
    await bus.publish(LoginRequestedSchema, "k", login("one"));
    await bus.publish(LoginRequestedSchema, "k", login("two"));
    await vi.waitFor(() => expect(seen).toEqual(["one", "two"]));
    await close();
  });

  it("refuses an event when too many wait", async () => {
    const gate = Promise.withResolvers<void>();
    const { bus, close } = await start(moduleOf({ login: () => gate.promise }));
    const event = login("one");
    for (let held = 0; held < 50_000; held++) await bus.publish(LoginRequestedSchema, "k", event);
    await expect(bus.publish(LoginRequestedSchema, "other", event)).rejects.toThrow(Unavailable);
    gate.resolve();
    await close();
  });

  it("finishes when it closes what is queued, and what that publishes", async () => {
    const seen: string[] = [];
    let publish: () => Promise<void> = () => Promise.resolve();
    const { bus, close } = await start(
      moduleOf({
        login: async () => {
          await new Promise((resolve) => setTimeout(resolve, 50));
          await publish();
        },
        decided: async (event) => {
          await new Promise((resolve) => setTimeout(resolve, 50));
          seen.push(idOf(event));
        },
      }),
    );
    publish = () => bus.publish(LoginDecidedSchema, "k", decided("last"));
    await bus.publish(LoginRequestedSchema, "k", login("first"));
    await close();
    expect(seen).toEqual(["last"]);
  });

  it("rejects an event of days whose handler waits for a store when the process leaves", async () => {
    const { bus, close } = await start(moduleOf({ decided: () => Promise.reject(new Unavailable("away")) }));
    const published = bus.publish(LoginDecidedSchema, "k", decided("days"));
    const rejected = expect(published).rejects.toThrow(Unavailable);
    await close();
    await rejected;
  });

  it("acknowledges no event of days that its handler can't take and that can't be kept either", async () => {
    const bus = new InProcessBus();
    const platform = testPlatform(bus);
    const bug = (): Promise<void> => Promise.reject(new TypeError("a bug"));
    const deadLetters = { bury: () => Promise.reject(new Error("the disk is full")) };
    const parts = { clock: systemClock, log: platform.log, metrics: createEventMetrics(new Registry()), deadLetters };
    const modules = [moduleOf({ login: bug, decided: bug })];
    const app = await createApplication(platform, { kind: "private-socket" }, modules, new InProcessServer(bus, parts));
    await expect(bus.publish(LoginDecidedSchema, "k", decided("lost"))).rejects.toThrow(Unavailable);
    await bus.publish(LoginRequestedSchema, "k", login("minutes"));
    await app.close();
  });
});
