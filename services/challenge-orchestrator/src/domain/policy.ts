import type { ResultCode } from "@portcullis/login";
import { isTrusted, type Network } from "./networks.js";
import type { CredentialKind } from "./primary-decision.js";
import type { Language, MethodName, UserFactors } from "./user-factors.js";
import { propertiesOf, type Way } from "./way.js";

/** Whether a client can show a prompt and send its answer. `auto`: where the request has a password, an answer comes the same way. */
type Prompting = "auto" | "always" | "never";

/** After which logins the next ones pass without a factor, and for how long. */
export interface RememberRule {
  readonly scope: "user" | "method-and-application" | "application-and-address";
  readonly seconds: number;
}

/** What is demanded of a user at a client. */
export interface Policy {
  readonly mfa: "off" | "on" | "enrolled";
  /** Whether a user whom we do not know, or who has no factor, is rejected. */
  readonly requireUserMatch: boolean;
  readonly methods: readonly MethodName[];
  /** What happens when no method can reach the user. */
  readonly failMode: "secure" | "safe";
  /** Whether a code may be typed when the user could not be reached. */
  readonly fallback: boolean;
  /** From where nobody is asked, by Calling-Station-Id. */
  readonly trustedNetworks: readonly Network[];
  readonly remember: readonly RememberRule[];
  /** Whether users may choose another method by a word at the prompt. */
  readonly methodWords: boolean;
  /** Whether an approval in the app has to name a number, or what is being connected to. */
  readonly appMatch: boolean;
}

/** Settings for some users. What it does not have is left to the rules behind it. */
export interface PolicyRule {
  readonly name: string;
  /** For users in one of these; none: for everybody. */
  readonly groups: readonly string[];
  readonly settings: Partial<Policy>;
}

/** What the decision depends on of a client. */
export interface ClientPolicy {
  /** In the order in which they are asked; the last one is the client's own and has every setting. */
  readonly rules: readonly PolicyRule[];
  readonly prompting: Prompting;
  /** Whether it may fetch access lists, which is no login of anybody. */
  readonly downloadableAcls: boolean;
}

/** A user whose first factor was proven. */
export interface UserStanding {
  readonly known: boolean;
  /** Nothing but an unprotected outer name says who she is. */
  readonly identityUnproven: boolean;
  /** In milliseconds since 1970, perhaps past; undefined: she is not blocked. */
  readonly blockedUntilMs: number | undefined;
  /** Of one whom we know; absent where nobody asked the database, since nothing depends on it. */
  readonly factors: UserFactors | undefined;
}

/** What a login came with. */
export interface LoginProof {
  readonly credential: CredentialKind;
  /** A code stood behind the password. */
  readonly hasCode: boolean;
  /** Calling-Station-Id or the machine's name. */
  readonly station: string;
  readonly nowMs: number;
}

/** What decided, for people: a setting and the rule that had it, or the state of the user. */
interface Reason {
  readonly what: keyof Policy | "user" | "client" | "request" | "bypass" | "access-list";
  /** The rule whose setting it was; empty where none was. */
  readonly rule: string;
}

export type Decision = { readonly reason: Reason } & (
  | { readonly kind: "end"; readonly resultCode: ResultCode }
  /** A one-time bypass lets her in, once it is used up. */
  | { readonly kind: "bypass"; readonly bypassId: string }
  /** The code that came with the password is checked at once. */
  | {
      readonly kind: "check";
      readonly policy: Policy;
      readonly ways: readonly [Way, ...Way[]];
      readonly language: Language;
    }
  /** She is asked in the first of these ways, which is hers; the others may be chosen instead. */
  | {
      readonly kind: "ask";
      readonly policy: Policy;
      readonly ways: readonly [Way, ...Way[]];
      readonly language: Language;
    }
);

/** For each setting the rule that decides: the first that is for the user and has it. */
export type Sources = Readonly<Record<keyof Policy, string>>;

/** What holds for a user in these groups. Throws for rules whose last one is not complete. */
export function policyFor(
  rules: readonly PolicyRule[],
  groups: readonly string[],
): { readonly policy: Policy; readonly sources: Sources } {
  const policy: Partial<Record<keyof Policy, unknown>> = {};
  const sources: Partial<Record<keyof Policy, string>> = {};
  const theirs = rules.filter((rule) => rule.groups.length === 0 || rule.groups.some((one) => groups.includes(one)));
  for (const rule of theirs) {
    for (const [setting, value] of Object.entries(rule.settings) as [keyof Policy, unknown][]) {
      if (value === undefined || setting in policy) continue;
      policy[setting] = value;
      sources[setting] = rule.name;
    }
  }
  const missing = SETTINGS.filter((setting) => !(setting in policy));
  if (missing.length > 0) throw new Error(`No rule of a client has the settings ${missing.join(", ")}.`);
  return { policy: policy as unknown as Policy, sources: sources as Sources }; // Whole: none is missing.
}

const SETTINGS: readonly (keyof Policy)[] = [
  "mfa",
  "requireUserMatch",
  "methods",
  "failMode",
  "fallback",
  "trustedNetworks",
  "remember",
  "methodWords",
  "appMatch",
];

/** Whether the decision depends on what the database knows of the user: where nobody is asked, that need not be asked either. */
export function dependsOnUser({ rules }: ClientPolicy): boolean {
  return rules.some(({ settings }) => settings.mfa !== undefined && settings.mfa !== "off");
}

/** Decides what follows a proven first factor. */
export function decide(client: ClientPolicy, user: UserStanding, proof: LoginProof): Decision {
  if (proof.credential === "acl-download") {
    // Fail closed: the gateway asks only for clients that may; our copy of the configuration is the newer one.
    return end(client.downloadableAcls ? "SUCCESS_ACL_DOWNLOAD" : "FAILED_REQUEST_INVALID", "access-list");
  }
  const { policy, sources } = policyFor(client.rules, user.factors?.groups ?? []);
  const by = (what: keyof Policy): Reason => ({ what, rule: sources[what] });
  const { factors } = user;
  const blockedUntilMs = Math.max(user.blockedUntilMs ?? 0, factors?.blockedUntilMs ?? 0);
  if (blockedUntilMs > proof.nowMs) return end("FAILED_USER_BLOCKED", "user");
  if (policy.mfa === "off") return { kind: "end", resultCode: "SUCCESS_MFA_NOT_REQUIRED", reason: by("mfa") };
  // Whoever she is, she chose that name herself: neither another user's factor nor the leniency for unknown users is hers.
  if (user.identityUnproven) return end("FAILED_IDENTITY_UNPROVEN", "request");
  if (!user.known || factors === undefined) return unenrolled(policy, "FAILED_USER_UNKNOWN", by);
  if (!factors.enabled) return end("FAILED_USER_DISABLED", "user");
  if (isTrusted(proof.station, policy.trustedNetworks)) {
    return { kind: "end", resultCode: "SUCCESS_TRUSTED_NETWORK", reason: by("trustedNetworks") };
  }
  const { bypass } = factors;
  if (bypass !== undefined && bypass.untilMs > proof.nowMs) {
    return { kind: "bypass", bypassId: bypass.bypassId, reason: { what: "bypass", rule: "" } };
  }
  return ask(client, { policy, by }, factors, proof);
}

type By = (what: keyof Policy) => Reason;

function ask(
  client: ClientPolicy,
  { policy, by }: { policy: Policy; by: By },
  factors: UserFactors,
  { credential, hasCode }: LoginProof,
): Decision {
  // An operator stands in for whatever the user has, and for nothing: it is for trying.
  const byHand = policy.methods.includes("manual");
  if (methodsOf(factors).length === 0 && !byHand) return unenrolled(policy, "FAILED_USER_NOT_ENROLLED", by);
  const allowed = methodsOf(factors).filter((method) => policy.methods.includes(method));
  const methods = byHand ? [...allowed, "manual" as const] : allowed;
  if (methods.length === 0) return { kind: "end", resultCode: "FAILED_METHOD_NOT_ALLOWED", reason: by("methods") };
  if (hasCode && methods.includes("oath")) {
    const oath: Way = { method: "oath", pin: false, twoWay: false, matching: "none" };
    return { kind: "check", policy, ways: [oath], language: factors.language, reason: by("methods") };
  }
  const prompts = showsPrompts(client, credential);
  const ways = methods.map((method) => wayOf(method, factors, policy, prompts));
  const usable = ways.filter((way) => prompts || !propertiesOf(way).prompts);
  if (usable.length === 0) return end("FAILED_PROMPT_NOT_POSSIBLE", "client");
  const [first, ...others] = usable.filter(({ pin }) => !pin || factors.pin !== undefined);
  if (first === undefined) return end("FAILED_PIN_NOT_SET", "user");
  return { kind: "ask", policy, ways: [first, ...others], language: factors.language, reason: by("methods") };
}

/** The methods that she has and may use, her own choice first. */
function methodsOf(factors: UserFactors): MethodName[] {
  const { allowedMethods, defaultMethod } = factors;
  const has = METHODS.filter(({ method, isThere }) => (allowedMethods?.includes(method) ?? true) && isThere(factors));
  const methods = has.map(({ method }) => method);
  if (defaultMethod === undefined || !methods.includes(defaultMethod)) return methods;
  return [defaultMethod, ...methods.filter((method) => method !== defaultMethod)];
}

/** In the order in which they are asked of a user who has chosen none: what is safest first. */
const METHODS: readonly { readonly method: MethodName; readonly isThere: (factors: UserFactors) => boolean }[] = [
  { method: "app", isThere: ({ devices }) => devices.length > 0 },
  { method: "oath", isThere: ({ tokens }) => tokens.length > 0 },
  { method: "voice", isThere: ({ sealedPhones }) => sealedPhones !== undefined },
  { method: "sms", isThere: ({ sealedPhones }) => sealedPhones !== undefined },
];

function wayOf(method: MethodName, { modes }: UserFactors, { appMatch }: Policy, prompts: boolean): Way {
  const way: Way = { method, pin: false, twoWay: false, matching: "none" };
  switch (method) {
    case "oath":
    case "manual":
      return way;
    case "sms":
      return { ...way, pin: modes.sms.endsWith("-pin"), twoWay: modes.sms.startsWith("two-way") };
    case "voice":
      return { ...way, pin: modes.voice === "pin" };
    case "app": {
      const matching = prompts ? "number" : "context";
      return { ...way, pin: modes.app === "pin", matching: appMatch ? matching : "none" };
    }
  }
}

function unenrolled(policy: Policy, resultCode: ResultCode, by: By): Decision {
  if (policy.mfa === "enrolled") return { kind: "end", resultCode: "SUCCESS_USER_NOT_ENROLLED", reason: by("mfa") };
  const code = policy.requireUserMatch ? resultCode : "SUCCESS_USER_NOT_ENROLLED";
  return { kind: "end", resultCode: code, reason: by("requireUserMatch") };
}

/** CHAP, MS-CHAP and EAP have no way for the answer to a prompt of ours; RD Gateway, which sends no credential, ignores it. */
export function showsPrompts({ prompting }: Pick<ClientPolicy, "prompting">, credential: CredentialKind): boolean {
  switch (prompting) {
    case "auto":
      return credential === "password";
    case "always":
      return credential === "password" || credential === "none";
    case "never":
      return false;
  }
}

function end(resultCode: ResultCode, what: Reason["what"]): Decision {
  return { kind: "end", resultCode, reason: { what, rule: "" } };
}
