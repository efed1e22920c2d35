import { createSecretKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { AuditChain } from "./audit-chain.js";
import { type AuditEntry, actionEntryOf, EMPTY_HEAD } from "./audit-row.js";

const chain = new AuditChain(createSecretKey(Buffer.alloc(32, 7)));
const login: AuditEntry = {
  kind: "login",
  id: "00112233445566778899aabbccddeeff",
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
  details: "",
};
const blocked = actionEntryOf({
  kind: "user-blocked",
  id: "b1",
  userId: "u1",
  userName: "alice",
  happenedAtMs: 3_000,
  recordedAtMs: 4_000,
  details: { by: "operator", reason: "lost phone" },
});

describe("AuditChain", () => {
  const first = chain.append(EMPTY_HEAD, login);
  const second = chain.append(first, { ...login, id: "another" });

  it("accepts the row that follows", () => {
    expect(first.sequence).toBe(1);
    expect(chain.follows(EMPTY_HEAD, first)).toBe(true);
    expect(chain.follows(first, second)).toBe(true);
  });

  it("makes the same rows of logins as the versions before it, so that old chains are still right", () => {
    // Made by the first version, of the same login with the same key.
    expect(first.mac).toBe("66b74b14e3f2be159b0443b4082e7cd6da758728f278c15f7870b0c5eb5539da");
  });

  describe.each([login, { ...login, details: JSON.stringify({ method: "app", challengeId: "c1" }) }, blocked])(
    "a row of the kind $kind with the details '$details'",
    (entry) => {
      const row = chain.append(EMPTY_HEAD, entry);

      it("follows", () => expect(chain.follows(EMPTY_HEAD, row)).toBe(true));

      it.each(Object.keys(entry) as (keyof AuditEntry)[])("does not when one bit of its %s is another", (field) => {
        expect(chain.follows(EMPTY_HEAD, { ...row, entry: { ...entry, [field]: oneBitAway(entry[field]) } })).toBe(
          false,
        );
      });

      it("does not under any other kind", () => {
        for (const kind of ["login", "fraud-reported", "user-blocked", "user-unblocked", ""]) {
          if (kind !== entry.kind) expect(chain.follows(EMPTY_HEAD, { ...row, entry: { ...entry, kind } })).toBe(false);
        }
      });
    },
  );

  it("refuses text that moved from one field to the next", () => {
    const moved = { ...login, client: "vp", userId: "nu1" };
    expect(chain.follows(EMPTY_HEAD, { ...first, entry: moved })).toBe(false);
  });

  it("refuses a row whose predecessor is missing, another or in another place", () => {
    expect(chain.follows(EMPTY_HEAD, second)).toBe(false);
    expect(chain.follows({ sequence: 1, mac: EMPTY_HEAD.mac }, second)).toBe(false);
    expect(chain.follows(first, { ...second, sequence: 3 })).toBe(false);
  });

  it("refuses a row made with another key", () => {
    const other = new AuditChain(createSecretKey(Buffer.alloc(32, 8)));
    expect(chain.follows(EMPTY_HEAD, other.append(EMPTY_HEAD, login))).toBe(false);
  });
});

function oneBitAway(value: string | number | boolean): string | number | boolean {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value ^ 1;
  // An empty text has no bits: one that is there is the least change.
  if (value === "") return "x";
  return value.slice(0, -1) + String.fromCharCode(value.charCodeAt(value.length - 1) ^ 1);
}
