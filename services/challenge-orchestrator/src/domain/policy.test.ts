import { describe, expect, it } from "vitest";
import { asksForFactors, type ClientPolicy, secondFactorOf } from "./policy.js";
import type { CredentialKind } from "./primary-decision.js";

const CLIENT: ClientPolicy = {
  mfa: true,
  requireUserMatch: true,
  secondFactor: "code",
  prompting: "auto",
  downloadableAcls: false,
};
const user = (known: boolean, enabled: boolean, enrolled: boolean, identityUnproven = false) => ({
  known,
  enabled,
  enrolled,
  identityUnproven,
});
const ENROLLED = user(true, true, true);

function decide(
  client: Partial<ClientPolicy>,
  standing: ReturnType<typeof user>,
  credential: CredentialKind = "password",
  hasCode = false,
) {
  const decision = secondFactorOf({ ...CLIENT, ...client }, standing, { credential, hasCode });
  return decision.kind === "end" ? decision.resultCode : decision.kind;
}

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
    [true, true, user(true, true, true), "prompt"],
    [true, false, user(true, true, true), "prompt"],
  ] as const)("mfa %s, requireUserMatch %s, %o: %s", (mfa, requireUserMatch, standing, expected) => {
    expect(decide({ mfa, requireUserMatch }, standing)).toBe(expected);
  });

  it.each([
    ["auto", "password", "prompt"],
    ["auto", "none", "FAILED_PROMPT_NOT_POSSIBLE"],
    ["auto", "chap", "FAILED_PROMPT_NOT_POSSIBLE"],
    ["auto", "ms-chap", "FAILED_PROMPT_NOT_POSSIBLE"],
    ["auto", "eap", "FAILED_PROMPT_NOT_POSSIBLE"],
    ["always", "password", "prompt"],
    ["always", "none", "prompt"],
    ["always", "eap", "FAILED_PROMPT_NOT_POSSIBLE"],
    ["never", "password", "FAILED_PROMPT_NOT_POSSIBLE"],
    ["never", "none", "FAILED_PROMPT_NOT_POSSIBLE"],
  ] as const)("prompts %s, by %s: %s", (prompting, credential, expected) => {
    expect(decide({ prompting }, ENROLLED, credential)).toBe(expected);
  });

  it("checks a code that came with the password where a prompt would follow, also where none can be shown", () => {
    for (const prompting of ["auto", "always", "never"] as const) {
      expect(decide({ prompting }, ENROLLED, "password", true)).toBe("check");
    }
    expect(decide({ mfa: false }, ENROLLED, "password", true)).toBe("SUCCESS_MFA_NOT_REQUIRED");
    expect(decide({ secondFactor: "manual" }, ENROLLED, "password", true)).toBe("hold");
    expect(decide({}, user(true, true, false), "password", true)).toBe("FAILED_USER_NOT_ENROLLED");
    expect(decide({}, user(true, false, true), "password", true)).toBe("FAILED_USER_DISABLED");
    expect(decide({}, user(false, true, false), "password", true)).toBe("FAILED_USER_UNKNOWN");
    expect(decide({}, user(true, true, true, true), "eap", true)).toBe("FAILED_IDENTITY_UNPROVEN");
  });

  it("lets a client fetch access lists only where it may, and asks nobody for a second factor for one", () => {
    const nobody = user(false, true, false);
    for (const mfa of [true, false]) {
      expect(decide({ mfa, downloadableAcls: true }, nobody, "acl-download")).toBe("SUCCESS_ACL_DOWNLOAD");
      expect(decide({ mfa }, nobody, "acl-download")).toBe("FAILED_REQUEST_INVALID");
    }
    expect(decide({ downloadableAcls: true }, nobody, "none")).toBe("FAILED_USER_UNKNOWN");
  });

  it("holds the login of any user whom we know, where an operator answers", () => {
    for (const credential of ["none", "password", "chap", "ms-chap", "eap"] as const) {
      expect(decide({ secondFactor: "manual" }, user(true, true, false), credential)).toBe("hold");
    }
    expect(decide({ secondFactor: "manual" }, user(false, true, false))).toBe("FAILED_USER_UNKNOWN");
    expect(decide({ secondFactor: "manual" }, user(true, false, false))).toBe("FAILED_USER_DISABLED");
  });

  it("never lets in whom only an outer name names, unless no second factor is asked for", () => {
    for (const requireUserMatch of [true, false]) {
      for (const known of [true, false]) {
        const standing = user(known, true, known, true);
        expect(decide({ requireUserMatch }, standing, "eap")).toBe("FAILED_IDENTITY_UNPROVEN");
        expect(decide({ requireUserMatch, secondFactor: "manual" }, standing, "eap")).toBe("FAILED_IDENTITY_UNPROVEN");
      }
    }
    expect(decide({ mfa: false }, user(true, true, true, true), "eap")).toBe("SUCCESS_MFA_NOT_REQUIRED");
  });
});

describe("asksForFactors", () => {
  it("needs the database only where a second factor is asked of a user whom we know", () => {
    expect(asksForFactors(CLIENT, { known: true })).toBe(true);
    expect(asksForFactors(CLIENT, { known: false })).toBe(false);
    expect(asksForFactors({ ...CLIENT, mfa: false }, { known: true })).toBe(false);
  });
});
