import { setTimeout as sleep } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { Controller, type DynamicModule } from "@nestjs/common";
import {
  type ClientChanged,
  ClientChangedSchema,
  type LoginDecided,
  LoginDecidedSchema,
  type LoginRequested,
  LoginRequestedSchema,
} from "@portcullis/proto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Unavailable } from "../unavailable.js";
import type { EventBus, StateRecord } from "./event-bus.js";
import { OnEvent, OnState } from "./on-event.js";

export interface Handlers {
  readonly login?: (event: LoginRequested) => Promise<void>;
  readonly decided?: (event: LoginDecided) => Promise<void>;
  readonly client?: (record: StateRecord<ClientChanged>) => Promise<void>;
}

export interface RunningTransport {
  readonly bus: EventBus;
  /** The ids of the logins whose events are dead letters. */
  deadLetters(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export type StartTransport = (module: DynamicModule) => Promise<RunningTransport>;

const nothing = (): Promise<void> => Promise.resolve();

/** A module with one controller that hands everything on. The decorators are called: tests are compiled without them. */
export function moduleOf(handlers: Handlers): DynamicModule {
  class Recorder {
    onLogin(event: LoginRequested): Promise<void> {
      return (handlers.login ?? nothing)(event);
    }

    onDecided(event: LoginDecided): Promise<void> {
      return (handlers.decided ?? nothing)(event);
    }

    onClient(record: StateRecord<ClientChanged>): Promise<void> {
      return (handlers.client ?? nothing)(record);
    }
  }
  const own = <Name extends "onLogin" | "onDecided" | "onClient">(name: Name) =>
    Object.getOwnPropertyDescriptor(Recorder.prototype, name) as TypedPropertyDescriptor<Recorder[Name]>;
  const deadlineMs = (event: LoginRequested): number => Number(event.context?.deadlineMs ?? 0n);
  OnEvent(LoginRequestedSchema, { deadlineMs })(Recorder.prototype, "onLogin", own("onLogin"));
  OnEvent(LoginDecidedSchema)(Recorder.prototype, "onDecided", own("onDecided"));
  OnState(ClientChangedSchema)(Recorder.prototype, "onClient", own("onClient"));
  Controller()(Recorder);
  return { module: class RecorderModule {}, controllers: [Recorder] };
}

export function login(loginId: string, lifeMs = 60_000): LoginRequested {
  return create(LoginRequestedSchema, { context: { loginId, deadlineMs: BigInt(Date.now() + lifeMs) } });
}

export const idOf = (event: LoginRequested | LoginDecided): string => event.context?.loginId ?? "";

/** What both transports promise to a service. */
export function describeEventTransport(name: string, start: StartTransport): void {
  describe(`events ${name}`, () => {
    const running: RunningTransport[] = [];
    const run = async (handlers: Handlers): Promise<RunningTransport> => {
      const transport = await start(moduleOf(handlers));
      running.push(transport);
      return transport;
    };
    afterEach(async () => {
      await Promise.all(running.splice(0).map((transport) => transport.close()));
    });

    it("runs the events of a key in their order, and other keys beside a slow one", async () => {
      const gate = Promise.withResolvers<void>();
      const seen: string[] = [];
      const { bus } = await run({
        login: async (event) => {
          if (idOf(event) === "slow-0") await gate.promise;
          await sleep(1);
          seen.push(idOf(event));
        },
      });
      const rounds = Array.from({ length: 20 }, (_, round) => round);
      const keys = ["slow", "a", "b", "c", "d", "e"];
      for (const round of rounds) {
        await Promise.all(keys.map((key) => bus.publish(LoginRequestedSchema, key, login(`${key}-${round}`))));
      }
      await vi.waitFor(() => expect(seen).toHaveLength(100), { timeout: 10_000 });
      expect(seen.some((id) => id.startsWith("slow"))).toBe(false);
      gate.resolve();
      await vi.waitFor(() => expect(seen).toHaveLength(120), { timeout: 10_000 });
      for (const key of keys) {
        expect(seen.filter((id) => id.startsWith(`${key}-`))).toEqual(rounds.map((round) => `${key}-${round}`));
      }
    });

    it("moves an event that the handler can't take to the dead letters, and goes on with the key", async () => {
      const seen: string[] = [];
      const transport = await run({
        login: (event) => {
          seen.push(idOf(event));
          return idOf(event) === "bad" ? Promise.reject(new TypeError("a bug")) : Promise.resolve();
        },
      });
      await transport.bus.publish(LoginRequestedSchema, "k", login("bad"));
      await transport.bus.publish(LoginRequestedSchema, "k", login("good"));
      await vi.waitFor(() => expect(seen).toEqual(["bad", "good"]), { timeout: 10_000 });
      await vi.waitFor(async () => expect(await transport.deadLetters()).toContain("bad"), { timeout: 10_000 });
      expect(await transport.deadLetters()).not.toContain("good");
    });

    it("waits for a store that is away, in the order of the key", async () => {
      let tries = 0;
      const seen: string[] = [];
      const transport = await run({
        login: (event) => {
          if (idOf(event) === "waits" && ++tries < 4) return Promise.reject(new Unavailable("away"));
          seen.push(idOf(event));
          return Promise.resolve();
        },
      });
      await transport.bus.publish(LoginRequestedSchema, "k", login("waits"));
      await transport.bus.publish(LoginRequestedSchema, "k", login("behind"));
      await vi.waitFor(() => expect(seen).toEqual(["waits", "behind"]), { timeout: 10_000 });
      expect(tries).toBe(4);
      expect(await transport.deadLetters()).not.toContain("waits");
    });

    it("gives an event up at its deadline, when its store stays away", async () => {
      let tries = 0;
      const seen: string[] = [];
      const transport = await run({
        login: (event) => {
          if (idOf(event) === "late") {
            tries++;
            return Promise.reject(new Unavailable("away"));
          }
          seen.push(idOf(event));
          return Promise.resolve();
        },
      });
      await transport.bus.publish(LoginRequestedSchema, "k", login("late", 400));
      await transport.bus.publish(LoginRequestedSchema, "k", login("next"));
      await vi.waitFor(() => expect(seen).toEqual(["next"]), { timeout: 10_000 });
      expect(tries).toBeGreaterThan(0);
      expect(tries).toBeLessThan(6);
      expect(await transport.deadLetters()).not.toContain("late");
    });

    it("hands on the states of a compacted topic, and the removal of a key", async () => {
      const seen: (readonly [string, string | undefined])[] = [];
      const { bus } = await run({
        client: (record) => {
          if (record.key === "poison") return Promise.reject(new TypeError("a bug"));
          seen.push([record.key, record.state?.target]);
          return Promise.resolve();
        },
      });
      const client = (target: string) => create(ClientChangedSchema, { name: "vpn", target });
      await bus.publishState(ClientChangedSchema, "vpn", client("one"));
      await bus.publishState(ClientChangedSchema, "poison", client("none"));
      await bus.publishState(ClientChangedSchema, "vpn", client("two"));
      await bus.publishState(ClientChangedSchema, "vpn", undefined);
      const wanted = [
        ["vpn", "one"],
        ["vpn", "two"],
        ["vpn", undefined],
      ];
      await vi.waitFor(() => expect(seen).toEqual(wanted), { timeout: 10_000 });
    });

    it("handles an event of days, whatever its handlers throw meanwhile", async () => {
      let tries = 0;
      const { bus } = await run({
        decided: () => (++tries < 3 ? Promise.reject(new Unavailable("away")) : Promise.resolve()),
      });
      await bus.publish(LoginDecidedSchema, "k", create(LoginDecidedSchema, { context: { loginId: "d" } }));
      await vi.waitFor(() => expect(tries).toBe(3), { timeout: 10_000 });
    });
  });
}
