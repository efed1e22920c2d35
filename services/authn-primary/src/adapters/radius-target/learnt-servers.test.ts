import { describe, expect, it, vi } from "vitest";
import { LearntServerMemory, type LearntServers } from "./learnt-servers.js";

function storeOf(rows: readonly { target: string; server: string }[] = []) {
  return {
    all: vi.fn<LearntServers["all"]>(async () => rows),
    add: vi.fn<LearntServers["add"]>(async () => undefined),
    remove: vi.fn<LearntServers["remove"]>(async () => undefined),
  };
}

describe("LearntServerMemory", () => {
  it("knows what was kept, of the very target", async () => {
    const learnt = await LearntServerMemory.load(
      storeOf([{ target: "nps", server: "192.0.2.1:1812" }]),
      () => undefined,
    );
    expect(learnt.has("nps", "192.0.2.1:1812")).toBe(true);
    expect(learnt.has("other", "192.0.2.1:1812")).toBe(false);
  });

  it("keeps what is learnt, and forgets what the configuration decides itself", async () => {
    const store = storeOf();
    const learnt = await LearntServerMemory.load(store, () => undefined);
    learnt.forget("nps", "a");
    learnt.learn("nps", "a");
    expect(learnt.has("nps", "a")).toBe(true);
    learnt.forget("nps", "a");
    learnt.forget("nps", "a");
    expect(learnt.has("nps", "a")).toBe(false);
    expect(store.add.mock.calls).toEqual([["nps", "a"]]);
    expect(store.remove.mock.calls).toEqual([["nps", "a"]]);
  });

  it("goes on with what it could not keep, and says so", async () => {
    const store = storeOf();
    store.add.mockRejectedValue(new Error("away"));
    const onError = vi.fn<(error: unknown) => void>();
    const learnt = await LearntServerMemory.load(store, onError);
    learnt.learn("nps", "a");
    await vi.waitFor(() => expect(onError).toHaveBeenCalledOnce());
    expect(learnt.has("nps", "a")).toBe(true);
  });
});
