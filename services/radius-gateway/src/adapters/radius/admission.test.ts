import { describe, expect, it } from "vitest";
import { Admission } from "./admission.js";

const vpn = { name: "vpn", maxRequestsPerSecond: 10 };
const wifi = { name: "wifi", maxRequestsPerSecond: 10 };

function setUp(maxRequestsPerSecond = 1_000) {
  let nowMs = 0;
  const admission = new Admission(maxRequestsPerSecond, () => nowMs);
  const charged = (times: number, charge: () => string | undefined) =>
    Array.from({ length: times }, charge).filter((refused) => refused === undefined).length;
  return { admission, charged, pass: (ms: number) => (nowMs += ms) };
}

describe("Admission", () => {
  it("holds a client to its own quota, and nobody else", () => {
    const { admission, charged, pass } = setUp();
    expect(charged(100, () => admission.chargeClient(vpn))).toBe(20);
    expect(admission.chargeClient(vpn)).toBe("client-too-fast");
    expect(admission.chargeClient(wifi)).toBeUndefined();
    pass(1_000);
    expect(charged(100, () => admission.chargeClient(vpn))).toBe(10);
  });

  it("does not charge the client for what nothing vouches for", () => {
    const { admission, charged } = setUp();
    expect(charged(200, () => admission.charge(vpn, "192.0.2.1"))).toBe(80);
    expect(admission.charge(vpn, "192.0.2.1")).toBe("source-too-fast");
    expect(charged(100, () => admission.chargeClient(vpn))).toBe(20);
  });

  it("lets one address of a client's network use up nothing of another one", () => {
    const { admission, charged } = setUp();
    charged(200, () => admission.charge(vpn, "192.0.2.1"));
    expect(charged(200, () => admission.charge(vpn, "192.0.2.2"))).toBe(80);
  });

  it("limits all together, of which an address that has too many takes none", () => {
    const { admission, charged } = setUp(100);
    charged(10_000, () => admission.charge(vpn, "192.0.2.1"));
    expect(charged(80, () => admission.charge(vpn, "192.0.2.2"))).toBe(80);
    expect(charged(80, () => admission.charge(wifi, "198.51.100.1"))).toBe(40);
    expect(admission.charge(wifi, "198.51.100.2")).toBe("gateway-too-fast");
  });

  it("gives a client that was taken away and added again a new quota", () => {
    const { admission, charged } = setUp();
    charged(100, () => admission.chargeClient(vpn));
    admission.forget("vpn");
    expect(admission.chargeClient(vpn)).toBeUndefined();
  });
});
