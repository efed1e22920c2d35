import { describe, expect, it } from "vitest";
import { OutstandingShares } from "./outstanding-shares.js";

function taken(shares: OutstandingShares, client: string, times: number): number {
  return Array.from({ length: times }, () => shares.take(client)).filter(Boolean).length;
}

describe("OutstandingShares", () => {
  it("gives one client its share at most, and the rest to others", () => {
    const shares = new OutstandingShares(10, 0.5);
    expect(taken(shares, "flood", 100)).toBe(5);
    expect(taken(shares, "vpn", 3)).toBe(3);
    expect(taken(shares, "wifi", 100)).toBe(2);
    expect([taken(shares, "vpn", 1), shares.total]).toEqual([0, 10]);
  });

  it("gives again what was given back, and no more", () => {
    const shares = new OutstandingShares(10, 0.5);
    taken(shares, "flood", 100);
    shares.give("flood");
    shares.give("nobody");
    expect([taken(shares, "flood", 100), shares.total]).toEqual([1, 5]);
    for (let count = 0; count < 20; count++) shares.give("flood");
    expect([shares.total, taken(shares, "flood", 100)]).toEqual([0, 5]);
  });

  it("gives at least one to each", () => {
    expect(taken(new OutstandingShares(3, 0.01), "small", 5)).toBe(1);
  });
});
