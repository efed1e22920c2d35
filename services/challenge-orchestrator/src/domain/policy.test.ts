import { describe, expect, it } from "vitest";
import { asksForFactors, secondFactorOf } from "./policy.js";

const user = (known: boolean, enabled: boolean, enrolled: boolean) => ({ known, enabled, enrolled });

describe("secondFactorOf", () => {
  it.each([
    // mfa, requireUserMatch, user, what follows
    [false, true, user(true, true, true), "SUCCESS_MFA_NOT_REQUIRED"],
    [false, true, user(false, true, false), "SUCCESS_MFA_NOT_REQUIRED"],
    [false, false, user(true, true, false), "SUCCESS_MFA_NOT_REQUIRED"],
    [true, true, user(false, true, false), "FAILED_USER_UNKNOWN"],
    [true, false, user(false, true, false), "SUCCESS_USER_NOT_ENROLLED"],
    [true, true, user(true, false, true), "FAILED_USER_DISABLED"],
    [true, false, user(true, false, true), "FAILED_USER_DISABLED"],
    [true, true, user(true, false, false), "FAILED_USER_DISABLED"],
    [true, false, user(true, false, false), "FAILED_USER_DISABLED"],
    [true, true, user(true, true, false), "FAILED_USER_NOT_ENROLLED"],
    [true, false, user(true, true, false), "SUCCESS_USER_NOT_ENROLLED"],
    [true, true, user(true, true, true), "challenge"],
    [true, false, user(true, true, true), "challenge"],
  ] as const)("mfa %s, requireUserMatch %s, %o: %s", (mfa, requireUserMatch, standing, expected) => {
    const decision = secondFactorOf({ mfa, requireUserMatch }, standing);
    expect(decision.kind === "end" ? decision.resultCode : decision.kind).toBe(expected);
  });
});

describe("asksForFactors", () => {
  it("needs the database only where a second factor is asked of a user whom we know", () => {
    const client = { mfa: true, requireUserMatch: true };
    expect(asksForFactors(client, { known: true })).toBe(true);
    expect(asksForFactors(client, { known: false })).toBe(false);
    expect(asksForFactors({ ...client, mfa: false }, { known: true })).toBe(false);
  });
});
