import { createSecretKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { AuditChain } from "./audit-chain.js";
import { type AuditedOutcome, EMPTY_HEAD } from "./audit-row.js";

const chain = new AuditChain(createSecretKey(Buffer.alloc(32, 7)));
const outcome: AuditedOutcome = {
  loginId: "00112233445566778899aabbccddeeff",
  client: "vpn",
  userId: "u1",
  userKnown: true,
  userName: "alice",
  station: "",
  sourceAddress: "192.0.2.1",
  verdict: "accept",
  resultCode: "SUCCESS_OATH_CODE_VERIFIED",
  tokenSerial: "T1",
  claimedAtMs: 1_000,
  decidedAtMs: 2_000,
};

describe("AuditChain", () => {
  const first = chain.append(EMPTY_HEAD, outcome);
  const second = chain.append(first, { ...outcome, loginId: "another" });

  it("accepts the row that follows", () => {
    expect(first.sequence).toBe(1);
    expect(chain.follows(EMPTY_HEAD, first)).toBe(true);
    expect(chain.follows(first, second)).toBe(true);
  });

  it.each(Object.keys(outcome) as (keyof AuditedOutcome)[])("refuses a row whose %s was changed", (field) => {
    const value = outcome[field];
    const changed = typeof value === "string" ? `${value}x` : typeof value === "number" ? value + 1 : !value;
    expect(chain.follows(EMPTY_HEAD, { ...first, outcome: { ...outcome, [field]: changed } })).toBe(false);
  });

  it("refuses text that moved from one field to the next", () => {
    const moved = { ...outcome, client: "vp", userId: "nu1" };
    expect(chain.follows(EMPTY_HEAD, { ...first, outcome: moved })).toBe(false);
  });

  it("refuses a row whose predecessor is missing, another or in another place", () => {
    expect(chain.follows(EMPTY_HEAD, second)).toBe(false);
    expect(chain.follows({ sequence: 1, mac: EMPTY_HEAD.mac }, second)).toBe(false);
    expect(chain.follows(first, { ...second, sequence: 3 })).toBe(false);
  });

  it("refuses a row made with another key", () => {
    const other = new AuditChain(createSecretKey(Buffer.alloc(32, 8)));
    expect(chain.follows(EMPTY_HEAD, other.append(EMPTY_HEAD, outcome))).toBe(false);
  });
});
