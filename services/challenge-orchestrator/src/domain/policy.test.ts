import { describe, expect, it } from "vitest";
import { networkOf } from "./networks.js";
import { type ClientPolicy, decide, dependsOnUser, type LoginProof, type Policy, policyFor } from "./policy.js";
import { UNKNOWN_USER, type UserFactors } from "./user-factors.js";

const NOW_MS = 1_800_000_000_000;
const OWN: Policy = {
  mfa: "on",
  requireUserMatch: true,
  methods: ["oath", "sms", "voice", "app"],
  failMode: "secure",
  fallback: false,
  trustedNetworks: [],
  remember: [],
  methodWords: true,
  appMatch: false,
};
const token: UserFactors["tokens"][number] = {
  serial: "T1",
  sealedSecret: new Uint8Array(),
  type: "totp",
  algorithm: "sha1",
  digits: 6,
  periodSeconds: 30,
  driftSteps: 0,
  lastStep: -1,
  lastAnswerId: "",
};
const NOTHING = UNKNOWN_USER;
const TOKEN = { ...NOTHING, tokens: [token] };
const PHONE = { ...NOTHING, sealedPhones: new Uint8Array(1) };
const APP = { ...NOTHING, devices: ["d1"], tokens: [token] };
const ALL = { ...APP, sealedPhones: new Uint8Array(1) };
const PIN = { mustChange: false, expiresAtMs: undefined };

interface Case {
  readonly policy?: Partial<Policy>;
  readonly client?: Partial<ClientPolicy>;
  readonly user?: UserFactors | "unknown";
  readonly unproven?: boolean;
  readonly blockedUntilMs?: number;
  readonly proof?: Partial<LoginProof>;
}

function decisionOf({ policy, client, user = TOKEN, unproven = false, blockedUntilMs, proof }: Case) {
  const own = { name: "client", groups: [], settings: { ...OWN, ...policy } };
  const rules: ClientPolicy = { rules: [own], prompting: "auto", downloadableAcls: false, ...client };
  const known = user !== "unknown";
  const standing = { known, identityUnproven: unproven, blockedUntilMs, factors: known ? user : undefined };
  const usual: LoginProof = { credential: "password", hasCode: false, station: "", nowMs: NOW_MS };
  return decide(rules, standing, { ...usual, ...proof });
}

/** What a decision comes to: a result code, or the ways in their order. */
function outcomeOf(about: Case): string {
  const decision = decisionOf(about);
  switch (decision.kind) {
    case "end":
      return decision.resultCode;
    case "bypass":
      return `bypass ${decision.bypassId}`;
    case "check":
      return "check";
    case "ask":
      return decision.ways
        .map(({ method, pin, twoWay, matching }) =>
          [method, pin && "pin", twoWay && "two-way", matching !== "none" && matching].filter(Boolean).join("/"),
        )
        .join(" ");
  }
}

const rdg = { credential: "none" } as const;
const trusted = [networkOf("10.0.0.0/8"), networkOf("2001:db8::/32")];

describe("decide", () => {
  it.each<[string, Case, string]>([
    ["no factor is asked for", { policy: { mfa: "off" } }, "SUCCESS_MFA_NOT_REQUIRED"],
    ["nor of whom nobody knows", { policy: { mfa: "off" }, user: "unknown" }, "SUCCESS_MFA_NOT_REQUIRED"],
    ["an unknown user", { user: "unknown" }, "FAILED_USER_UNKNOWN"],
    ["an unknown user who may", { user: "unknown", policy: { requireUserMatch: false } }, "SUCCESS_USER_NOT_ENROLLED"],
    ["a user who is switched off", { user: { ...TOKEN, enabled: false } }, "FAILED_USER_DISABLED"],
    [
      "one who is switched off and has nothing",
      { user: { ...NOTHING, enabled: false }, policy: { requireUserMatch: false } },
      "FAILED_USER_DISABLED",
    ],
    ["a blocked user", { user: { ...TOKEN, blockedUntilMs: NOW_MS + 1 } }, "FAILED_USER_BLOCKED"],
    [
      "one who is blocked for ever",
      { user: { ...TOKEN, blockedUntilMs: Number.POSITIVE_INFINITY } },
      "FAILED_USER_BLOCKED",
    ],
    [
      "a blocked user of whom no factor is asked",
      { policy: { mfa: "off" }, blockedUntilMs: NOW_MS + 1 },
      "FAILED_USER_BLOCKED",
    ],
    [
      "a blocked name of nobody",
      { user: "unknown", policy: { mfa: "off" }, blockedUntilMs: NOW_MS },
      "SUCCESS_MFA_NOT_REQUIRED",
    ],
    ["one whose block is over", { user: { ...TOKEN, blockedUntilMs: NOW_MS } }, "oath"],
    [
      "a block before a bypass",
      { user: { ...TOKEN, blockedUntilMs: NOW_MS + 1, bypass: { bypassId: "b", untilMs: NOW_MS + 1 } } },
      "FAILED_USER_BLOCKED",
    ],
    ["a user without factors", { user: NOTHING }, "FAILED_USER_NOT_ENROLLED"],
    ["one who may", { user: NOTHING, policy: { requireUserMatch: false } }, "SUCCESS_USER_NOT_ENROLLED"],
    ["factors only of the enrolled: not", { user: NOTHING, policy: { mfa: "enrolled" } }, "SUCCESS_USER_NOT_ENROLLED"],
    [
      "factors only of the enrolled: unknown",
      { user: "unknown", policy: { mfa: "enrolled" } },
      "SUCCESS_USER_NOT_ENROLLED",
    ],
    ["factors only of the enrolled: enrolled", { policy: { mfa: "enrolled" } }, "oath"],
    ["a bypass", { user: { ...TOKEN, bypass: { bypassId: "b1", untilMs: NOW_MS + 1 } } }, "bypass b1"],
    ["a bypass whose time is over", { user: { ...TOKEN, bypass: { bypassId: "b1", untilMs: NOW_MS } } }, "oath"],
    [
      "a bypass of a user without factors",
      { user: { ...NOTHING, bypass: { bypassId: "b1", untilMs: NOW_MS + 1 } } },
      "bypass b1",
    ],
    [
      "a trusted network",
      { policy: { trustedNetworks: trusted }, proof: { station: "10.1.2.3" } },
      "SUCCESS_TRUSTED_NETWORK",
    ],
    [
      "a trusted network of IPv6",
      { policy: { trustedNetworks: trusted }, proof: { station: "2001:db8::7" } },
      "SUCCESS_TRUSTED_NETWORK",
    ],
    ["another network", { policy: { trustedNetworks: trusted }, proof: { station: "11.1.2.3" } }, "oath"],
    [
      "a station that is no address",
      { policy: { trustedNetworks: trusted }, proof: { station: "10.1.2.3.example" } },
      "oath",
    ],
    [
      "a trusted network, not known",
      { user: "unknown", policy: { trustedNetworks: trusted }, proof: { station: "10.1.2.3" } },
      "FAILED_USER_UNKNOWN",
    ],
  ])("%s", (_what, about, expected) => {
    expect(outcomeOf(about)).toBe(expected);
  });

  it.each<[string, Case, string]>([
    ["all that she has, safest first", { user: ALL }, "app oath voice sms"],
    ["her own choice first", { user: { ...ALL, defaultMethod: "sms" } }, "sms app oath voice"],
    ["a choice that she does not have", { user: { ...TOKEN, defaultMethod: "app" } }, "oath"],
    ["only what she may use", { user: { ...ALL, allowedMethods: ["oath", "voice"] } }, "oath voice"],
    ["only what the policy allows", { user: ALL, policy: { methods: ["sms"] } }, "sms"],
    ["nothing that the policy allows", { user: TOKEN, policy: { methods: ["app"] } }, "FAILED_METHOD_NOT_ALLOWED"],
    [
      "modes",
      { user: { ...ALL, pin: PIN, modes: { sms: "two-way-pin", voice: "pin", app: "pin" } } },
      "app/pin oath voice/pin sms/pin/two-way",
    ],
    [
      "modes with a PIN that she does not have",
      { user: { ...ALL, modes: { sms: "two-way", voice: "pin", app: "pin" } } },
      "oath sms/two-way",
    ],
    [
      "nothing but those",
      { user: { ...PHONE, modes: { sms: "one-way-pin", voice: "pin", app: "pin" } } },
      "FAILED_PIN_NOT_SET",
    ],
    ["a number to match, where it can be shown", { user: APP, policy: { appMatch: true } }, "app/number oath"],
    ["a choice to match, where it cannot", { user: APP, policy: { appMatch: true }, proof: rdg }, "app/context"],
    ["what needs no prompt, where none is shown", { user: ALL, proof: rdg }, "app voice"],
    [
      "a text that is answered by text needs none",
      {
        user: { ...PHONE, modes: { sms: "two-way", voice: "standard", app: "standard" }, defaultMethod: "sms" },
        proof: rdg,
      },
      "sms/two-way voice",
    ],
    ["only a code, where no prompt is shown", { user: TOKEN, proof: rdg }, "FAILED_PROMPT_NOT_POSSIBLE"],
    ["an operator, whatever she has", { user: NOTHING, policy: { methods: ["manual"] } }, "manual"],
    [
      "an operator, with any credential",
      { user: TOKEN, policy: { methods: ["manual"] }, proof: { credential: "eap" } },
      "manual",
    ],
    [
      "an operator for nobody whom we do not know",
      { user: "unknown", policy: { methods: ["manual"] } },
      "FAILED_USER_UNKNOWN",
    ],
  ])("asks for %s", (_what, about, expected) => {
    expect(outcomeOf(about)).toBe(expected);
  });

  it.each([
    ["auto", "password", "oath"],
    ["auto", "none", "FAILED_PROMPT_NOT_POSSIBLE"],
    ["auto", "chap", "FAILED_PROMPT_NOT_POSSIBLE"],
    ["auto", "ms-chap", "FAILED_PROMPT_NOT_POSSIBLE"],
    ["auto", "eap", "FAILED_PROMPT_NOT_POSSIBLE"],
    ["always", "password", "oath"],
    ["always", "none", "oath"],
    ["always", "eap", "FAILED_PROMPT_NOT_POSSIBLE"],
    ["never", "password", "FAILED_PROMPT_NOT_POSSIBLE"],
    ["never", "none", "FAILED_PROMPT_NOT_POSSIBLE"],
  ] as const)("prompts %s, by %s: %s", (prompting, credential, expected) => {
    expect(outcomeOf({ client: { prompting }, proof: { credential } })).toBe(expected);
  });

  it("checks a code that came with the password where a prompt would follow, also where none can be shown", () => {
    const proof = { hasCode: true };
    for (const prompting of ["auto", "always", "never"] as const) {
      expect(outcomeOf({ client: { prompting }, proof })).toBe("check");
    }
    expect(outcomeOf({ policy: { mfa: "off" }, proof })).toBe("SUCCESS_MFA_NOT_REQUIRED");
    expect(outcomeOf({ policy: { methods: ["manual"] }, proof })).toBe("manual");
    expect(outcomeOf({ user: NOTHING, proof })).toBe("FAILED_USER_NOT_ENROLLED");
    expect(outcomeOf({ user: { ...TOKEN, enabled: false }, proof })).toBe("FAILED_USER_DISABLED");
    expect(outcomeOf({ user: "unknown", proof })).toBe("FAILED_USER_UNKNOWN");
    expect(outcomeOf({ unproven: true, proof: { ...proof, credential: "eap" } })).toBe("FAILED_IDENTITY_UNPROVEN");
  });

  it("lets a client fetch access lists only where it may, and asks nobody for a second factor for one", () => {
    const proof = { credential: "acl-download" } as const;
    for (const mfa of ["on", "off"] as const) {
      const about = { user: "unknown", policy: { mfa }, proof } as const;
      expect(outcomeOf({ ...about, client: { downloadableAcls: true } })).toBe("SUCCESS_ACL_DOWNLOAD");
      expect(outcomeOf(about)).toBe("FAILED_REQUEST_INVALID");
    }
    const client = { downloadableAcls: true };
    expect(outcomeOf({ client, user: "unknown", proof: rdg })).toBe("FAILED_USER_UNKNOWN");
  });

  it("never lets in whom only an outer name names, unless no second factor is asked for", () => {
    const proof = { credential: "eap" } as const;
    for (const requireUserMatch of [true, false]) {
      for (const user of ["unknown", TOKEN] as const) {
        for (const methods of [OWN.methods, ["manual"] as const]) {
          const about = { policy: { requireUserMatch, methods }, user, unproven: true, proof };
          expect(outcomeOf(about)).toBe("FAILED_IDENTITY_UNPROVEN");
        }
      }
    }
    expect(outcomeOf({ policy: { mfa: "off" }, unproven: true, proof })).toBe("SUCCESS_MFA_NOT_REQUIRED");
  });

  it("says which rule decided", () => {
    const rules = [
      { name: "admins", groups: ["admins"], settings: { methods: ["app"] } as const },
      { name: "client", groups: [], settings: OWN },
    ];
    const reasonOf = (groups: readonly string[]) => decisionOf({ client: { rules }, user: { ...ALL, groups } }).reason;
    expect(reasonOf(["admins"])).toEqual({ what: "methods", rule: "admins" });
    expect(reasonOf(["others"])).toEqual({ what: "methods", rule: "client" });
    expect(decisionOf({ user: { ...TOKEN, enabled: false } }).reason).toEqual({ what: "user", rule: "" });
  });
});

describe("policyFor", () => {
  const rules = [
    { name: "guests", groups: ["guests"], settings: { mfa: "off" } as const },
    { name: "ops", groups: ["ops", "admins"], settings: { methods: ["app"], fallback: true } as const },
    { name: "all", groups: [], settings: { methods: ["oath"], failMode: "safe" } as const },
    { name: "client", groups: [], settings: OWN },
  ];

  it.each([
    [[], { mfa: "on", methods: ["oath"], failMode: "safe", fallback: false }],
    [["ops"], { mfa: "on", methods: ["app"], failMode: "safe", fallback: true }],
    [["admins", "guests"], { mfa: "off", methods: ["app"], failMode: "safe", fallback: true }],
    [["guests"], { mfa: "off", methods: ["oath"], failMode: "safe", fallback: false }],
  ])("for groups %o", (groups, expected) => {
    expect(policyFor(rules, groups).policy).toMatchObject(expected);
  });

  it("names the rule of each setting, and wants a last one that has them all", () => {
    expect(policyFor(rules, ["ops"]).sources).toMatchObject({ mfa: "client", methods: "ops", failMode: "all" });
    expect(() => policyFor(rules.slice(0, 3), ["ops"])).toThrow("requireUserMatch");
  });
});

describe("dependsOnUser", () => {
  it("needs the database only where somebody may be asked", () => {
    const of = (settings: Partial<Policy>) =>
      dependsOnUser({
        rules: [{ name: "client", groups: [], settings: { ...OWN, ...settings } }],
        prompting: "auto",
        downloadableAcls: false,
      });
    expect([of({}), of({ mfa: "enrolled" }), of({ mfa: "off" })]).toEqual([true, true, false]);
  });
});
