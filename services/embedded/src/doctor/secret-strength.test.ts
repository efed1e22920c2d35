import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type SecretWeakness, weaknessOf } from "./secret-strength.js";

describe("weaknessOf", () => {
  it.each<[string, SecretWeakness]>([
    ["testing123", "well-known"],
    ["Secret", "well-known"],
    ["RADIUS", "well-known"],
    ["k8Jq2vXw", "short"],
    ["abababababababababab", "few-characters"],
    ["radiusSharedSecret2024", "made-of-words"],
    ["R4d1us-S3cr3t-P@ssw0rd", "made-of-words"],
    ["my-vpn-gateway-secret-1", "made-of-words"],
    ["1234567890123456", "made-of-words"],
    ["012345678901234567890123456789", "made-of-words"],
    ["1234-5678-9012-3456", "made-of-words"],
    ["berlin-hq-shared-secret", "made-of-words"],
  ])("finds %s weak: %s", (secret, weakness) => {
    expect(weaknessOf(secret, "berlin-hq")).toBe(weakness);
  });

  it.each([
    "correct horse battery staple",
    "7f1c0b9a55e24d83",
    "Zk3vR8pQ2mX6tB1w",
    "849303582910472650193847562910384756",
  ])("takes %s", (secret) => {
    expect(weaknessOf(secret, "vpn")).toBeUndefined();
  });

  it("takes what openssl rand makes", () => {
    for (let round = 0; round < 500; round++) {
      expect(weaknessOf(randomBytes(24).toString("base64"), "vpn")).toBeUndefined();
      expect(weaknessOf(randomBytes(16).toString("hex"), "vpn")).toBeUndefined();
    }
  });
});
