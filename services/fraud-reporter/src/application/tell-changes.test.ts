import { createLog, Unavailable } from "@portcullis/kit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FraudMail } from "../domain/fraud-mail.js";
import type { BlockState, FraudEvents, Outbox } from "./ports.js";
import { TellChanges } from "./tell-changes.js";

const mail: FraudMail = {
  mailId: "m1",
  kind: "fraud-reported",
  recipients: ["a@corp.example"],
  language: "en",
  fields: {},
  requestedAtMs: 1,
};
const stateOf = (generation: number): BlockState => ({ userId: "u1", generation, block: undefined });

/** What is on the disk: it outlives the processes that tell of it. */
class MemoryOutbox implements Outbox {
  state = stateOf(0);
  told = 0;
  waitingMails: FraudMail[] = [];
  /** Called when something was told and is about to be marked. */
  beforeMark: () => void = () => undefined;

  async blocks() {
    return this.state.generation > this.told ? [this.state] : [];
  }
  async blockTold({ generation }: BlockState) {
    this.beforeMark();
    this.told = generation === this.state.generation ? generation : 0;
  }
  async mails() {
    return [...this.waitingMails];
  }
  async mailTold(mailId: string) {
    this.beforeMark();
    this.waitingMails = this.waitingMails.filter((one) => one.mailId !== mailId);
  }
}

describe("TellChanges", () => {
  let outbox: MemoryOutbox;
  let heard: string[];
  let away: boolean;
  let started: TellChanges[];

  beforeEach(() => {
    vi.useFakeTimers();
    [outbox, heard, away, started] = [new MemoryOutbox(), [], false, []];
  });
  afterEach(async () => {
    for (const tell of started) await tell.onModuleDestroy();
    vi.useRealTimers();
  });

  const events: FraudEvents = {
    fraudReported: () => Promise.reject(new Error("nobody reports here")),
    blockChanged: async ({ generation }) => hear(`block ${generation}`),
    mailRequested: async ({ mailId }) => hear(`mail ${mailId}`),
  };
  const hear = (what: string): void => {
    if (away) throw new Unavailable("the bus is away");
    heard.push(what);
  };
  function start(): TellChanges {
    const tell = new TellChanges(outbox, events, createLog("test", "silent"));
    started.push(tell);
    tell.onApplicationBootstrap();
    return tell;
  }

  it("tells at the start what a process before it wrote down and did not tell", async () => {
    outbox.state = stateOf(1);
    outbox.waitingMails = [mail];
    await start().idle();
    expect(heard).toEqual(["block 1", "mail m1"]);
    expect([outbox.told, outbox.waitingMails]).toEqual([1, []]);
  });

  it("tells again what was told and not marked when the process died", async () => {
    outbox.state = stateOf(1);
    outbox.waitingMails = [mail];
    outbox.beforeMark = () => {
      throw new Unavailable("killed");
    };
    await start().idle();
    outbox.beforeMark = () => undefined;
    await start().idle();
    expect(heard).toEqual(["block 1", "block 1", "mail m1"]);
    expect([outbox.told, outbox.waitingMails]).toEqual([1, []]);
  });

  it("tells at once when it is woken, and what another process wrote down within seconds", async () => {
    const tell = start();
    await tell.idle();
    outbox.state = stateOf(1);
    tell.wake();
    await tell.idle();
    expect(heard).toEqual(["block 1"]);
    outbox.state = stateOf(2);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(heard).toEqual(["block 1", "block 2"]);
  });

  it("tries again while the bus is away, and loses nothing", async () => {
    away = true;
    outbox.state = stateOf(1);
    start();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(outbox.told).toBe(0);
    away = false;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(heard).toEqual(["block 1"]);
  });

  it("tells the newest last when a state was overtaken while it was told", async () => {
    outbox.state = stateOf(1);
    outbox.beforeMark = () => {
      outbox.beforeMark = () => undefined;
      outbox.state = stateOf(2);
    };
    const tell = start();
    await tell.idle();
    tell.wake();
    await tell.idle();
    expect(heard).toEqual(["block 1", "block 2"]);
  });
});
