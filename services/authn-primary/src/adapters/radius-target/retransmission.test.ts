import { describe, expect, it } from "vitest";
import { waitAfterSendingMs } from "./retransmission.js";

describe("waitAfterSendingMs", () => {
  it("is the first wait, and then about twice the wait before", () => {
    expect(waitAfterSendingMs(3000, undefined, 0.5)).toBe(3000);
    expect(waitAfterSendingMs(3000, 3000, 0.5)).toBe(6000);
    expect(waitAfterSendingMs(3000, 6000, 0.5)).toBe(12_000);
  });

  it("is up to a tenth of the wait before longer or shorter", () => {
    expect(waitAfterSendingMs(3000, undefined, 0)).toBeCloseTo(2700);
    expect(waitAfterSendingMs(3000, undefined, 1)).toBeCloseTo(3300);
    expect(waitAfterSendingMs(3000, 2700, 0)).toBeCloseTo(5130);
    expect(waitAfterSendingMs(3000, 3300, 1)).toBeCloseTo(6930);
  });
});
