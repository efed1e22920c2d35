import type { Policy } from "../domain/policy.js";
import type { ChallengeSettings } from "../domain/settings.js";

export const KEEP_MS = 30_000;

export const SETTINGS: ChallengeSettings = {
  maxTries: 3,
  maxOpen: 4,
  lockout: { maxFailures: 10, windowMs: 300_000 },
  totpWindowSteps: 1,
  factors: { hotpLookAhead: 10, pinHistory: 5, pinDays: 0 },
  reach: { maxPrompts: 10, windowMs: 600_000 },
  denialCoolDownMs: 300_000,
  keepMs: KEEP_MS,
};

/** The rule under all others, as a client without policies has it. */
export const OWN_POLICY: Policy = {
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
