import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { DeviceId } from "./device.js";
import { type DeviceProof, FRESH_MS, refusalOf } from "./device-proof.js";

const NOW_MS = 1_790_000_000_000;
const CALL = { method: "POST", path: "/device/v1/challenges/a1/answer", body: Buffer.from('{"word":"approve"}') };
const PROOF: DeviceProof = {
  deviceId: "d1" as DeviceId,
  issuedAtMs: NOW_MS,
  nonce: "n",
  method: "POST",
  path: CALL.path,
  bodyDigest: createHash("sha256").update(CALL.body).digest("base64url"),
};

describe("a device's proof", () => {
  it("is for its call, at its time", () => {
    expect(refusalOf(PROOF, CALL, NOW_MS)).toBeUndefined();
  });

  it.each([
    ["another method", { method: "GET" }],
    ["another path", { path: `${CALL.path}?x=1` }],
    ["another body", { body: Buffer.from('{"word":"approvE"}') }],
    ["no body", { body: Buffer.alloc(0) }],
  ])("is for no call with %s", (_what, change) => {
    expect(refusalOf(PROOF, { ...CALL, ...change }, NOW_MS)).toBe("wrong");
  });

  it("is for no body when its digest is cut short or missing", () => {
    for (const bodyDigest of ["", PROOF.bodyDigest.slice(0, -2)]) {
      expect(refusalOf({ ...PROOF, bodyDigest }, CALL, NOW_MS)).toBe("wrong");
    }
  });

  it("is fresh for a minute before and after", () => {
    for (const offMs of [-FRESH_MS, FRESH_MS]) expect(refusalOf(PROOF, CALL, NOW_MS + offMs)).toBeUndefined();
    for (const offMs of [-FRESH_MS - 1, FRESH_MS + 1]) expect(refusalOf(PROOF, CALL, NOW_MS + offMs)).toBe("stale");
  });
});
