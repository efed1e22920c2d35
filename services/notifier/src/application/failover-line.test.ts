import { createLog } from "@portcullis/kit";
import { beforeEach, describe, expect, it } from "vitest";
import type { Handed } from "../domain/delivery.js";
import { FailoverLine, ProviderEntry } from "./failover-line.js";

const TAKEN: Handed = { kind: "taken", reference: "r" };
const REFUSED: Handed = { kind: "refused", why: "no" };

describe("FailoverLine", () => {
  let nowMs: number;
  let asked: string[];
  let answers: Record<string, () => Promise<Handed>>;
  let entries: ProviderEntry[];
  let pauses: { readonly ms: number; readonly end: () => void }[];
  let line: FailoverLine;

  beforeEach(() => {
    [nowMs, asked, answers, pauses] = [0, [], {}, []];
    entries = ["a", "b", "c"].map((name) => {
      const does = new Set(name === "c" ? (["mail"] as const) : (["sms", "voice"] as const));
      return new ProviderEntry({ name, does, close: () => Promise.resolve() });
    });
    line = new FailoverLine({
      entries: () => entries,
      clock: { nowMs: () => nowMs },
      pause: { ms: (ms) => new Promise((end) => void pauses.push({ ms, end })) },
      report: { took: () => undefined },
      log: createLog("test", "silent"),
    });
  });

  const hand = (deadlineMs = 1_000_000) =>
    line.hand("sms", deadlineMs, (provider) => {
      asked.push(provider.name);
      return answers[provider.name]?.() ?? Promise.resolve(TAKEN);
    });

  it("asks the first that can, and only that one", async () => {
    expect(await hand()).toEqual({ kind: "taken", provider: "a", reference: "r" });
    expect(asked).toEqual(["a"]);
  });

  it("asks one that failed last, for a minute", async () => {
    answers["a"] = () => Promise.resolve(REFUSED);
    expect(await hand()).toMatchObject({ provider: "b" });
    nowMs = 59_999;
    await hand();
    expect(asked).toEqual(["a", "b", "b"]);
    answers = { b: () => Promise.resolve(REFUSED) };
    expect(await hand()).toMatchObject({ provider: "a" });
    expect(asked).toEqual(["a", "b", "b", "b", "a"]);
    // The one that took it is well again.
    await hand();
    expect(asked.at(-1)).toBe("a");
  });

  it.each(["unknown", "unreachable"] as const)("asks nobody else when it is %s", async (kind) => {
    answers["a"] = () => Promise.resolve({ kind, why: "x" });
    expect(await hand()).toEqual({ kind, provider: "a" });
    expect(asked).toEqual(["a"]);
  });

  it("has no provider when all refuse, none can, or it is too late", async () => {
    const none = { kind: "no-provider", provider: "" };
    expect(await hand(0)).toEqual(none);
    expect(asked).toEqual([]);
    answers = { a: () => Promise.resolve(REFUSED), b: () => Promise.resolve(REFUSED) };
    expect(await hand()).toEqual(none);
    expect(asked).toEqual(["a", "b"]);
    entries = [];
    expect(await hand()).toEqual(none);
  });

  it("does not know when an adapter throws, or says nothing for too long", async () => {
    answers["a"] = () => Promise.reject(new Error("bug"));
    expect(await hand()).toMatchObject({ kind: "unknown" });
    nowMs = 100_000;
    answers["a"] = () => new Promise(() => undefined);
    const silent = hand();
    await Promise.resolve();
    for (const { ms, end } of pauses) if (ms === 20_000) end();
    expect(await silent).toMatchObject({ kind: "unknown", provider: "a" });
  });

  it("keeps a dead provider's queue its own: what finds it full, or waits too long, goes to the next one", async () => {
    const waiting: ((handed: Handed) => void)[] = [];
    answers["a"] = () => new Promise((resolve) => void waiting.push(resolve));
    const first = Array.from({ length: 32 + 256 }, () => hand());
    await new Promise((resolve) => setImmediate(resolve));
    expect(waiting).toHaveLength(32);
    expect(await hand()).toMatchObject({ kind: "taken", provider: "b" });
    nowMs = 10_001;
    for (const resolve of waiting) resolve(TAKEN);
    const providers = (await Promise.all(first)).map(({ provider }) => provider);
    expect(providers.filter((name) => name === "a")).toHaveLength(32);
    expect(providers.filter((name) => name === "b")).toHaveLength(256);
  });
});
