import { describe, expect, it } from "vitest";
import { eventually } from "./eventually.js";

describe("eventually", () => {
  it("returns the first value that counts", async () => {
    const values = [undefined, false, 0];
    let calls = 0;
    const value = await eventually(() => values[calls++], { what: "a value", everyMs: 1 });
    expect(value).toBe(0);
    expect(calls).toBe(3);
  });

  it("goes on after a throw, and reports the last one at the time limit", async () => {
    const failing = eventually(() => Promise.reject(new Error("refused")), {
      what: "server answers",
      timeoutMs: 30,
      everyMs: 1,
    });
    await expect(failing).rejects.toThrow("server answers: not within 30 ms; last: refused");
  });

  it("does not wait for a try that never ends", async () => {
    const stuck = eventually(() => new Promise<boolean>(() => undefined), { what: "stuck", timeoutMs: 30 });
    await expect(stuck).rejects.toThrow("a try did not end");
  });

  it("ends at once when there is nothing to wait for any more", async () => {
    let calls = 0;
    const hopeless = eventually(() => ++calls < 0, {
      what: "server answers",
      everyMs: 1,
      giveUp: () => (calls === 2 ? "it has ended" : undefined),
    });
    await expect(hopeless).rejects.toThrow("server answers: it has ended");
    expect(calls).toBe(2);
  });
});
