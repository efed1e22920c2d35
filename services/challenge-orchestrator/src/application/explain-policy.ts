import type { Clock } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import { type Decision, decide, type Policy, policyFor, type Sources } from "../domain/policy.js";
import type { CredentialKind } from "../domain/primary-decision.js";
import type { Way } from "../domain/way.js";
import type { Clients, Factors } from "./ports.js";

/** A login that nobody has made. */
export interface SupposedLogin {
  /** Name of the RADIUS client. */
  readonly client: string;
  /** Undefined: nobody whom we know. */
  readonly userId: UserId | undefined;
  /** Calling-Station-Id or the machine's name; may be empty. */
  readonly station: string;
  readonly credential: CredentialKind;
  readonly hasCode: boolean;
}

/** What would follow a proven first factor, and why. */
export interface ExplainedPolicy {
  readonly decision: "end" | "bypass" | "check" | "ask";
  /** Of an end. */
  readonly resultCode: string | undefined;
  /** Of asking: the first is asked, the others may be chosen. */
  readonly ways: readonly Way[];
  /** The setting, or what of the user or the request, that decided. */
  readonly because: string;
  /** The rule that had the setting; empty where it was none. */
  readonly rule: string;
  /** Every setting that holds for this user at this client, and the rule that it is from. */
  readonly settings: readonly { readonly setting: keyof Policy; readonly value: string; readonly rule: string }[];
}

/** Says what the policy would decide of a login, without one. What earlier logins let pass is not looked at. */
export class ExplainPolicy {
  readonly #clients: Clients;
  readonly #factors: Pick<Factors, "find">;
  readonly #clock: Clock;

  constructor(clients: Clients, factors: Pick<Factors, "find">, clock: Clock) {
    this.#clients = clients;
    this.#factors = factors;
    this.#clock = clock;
  }

  /** @returns undefined where there is no such client */
  async execute({ client: name, userId, ...login }: SupposedLogin): Promise<ExplainedPolicy | undefined> {
    const client = this.#clients.find(name);
    if (client === undefined) return undefined;
    const factors = userId === undefined ? undefined : await this.#factors.find(userId);
    const blockedUntilMs = factors?.blockedUntilMs;
    const user = { known: userId !== undefined, identityUnproven: false, blockedUntilMs, factors };
    const decision = decide(client, user, { ...login, nowMs: this.#clock.nowMs() });
    const { policy, sources } = policyFor(client.rules, factors?.groups ?? []);
    return {
      decision: decision.kind,
      resultCode: decision.kind === "end" ? decision.resultCode : undefined,
      ways: waysOf(decision),
      because: decision.reason.what,
      rule: decision.reason.rule,
      settings: settingsOf(policy, sources),
    };
  }
}

function waysOf(decision: Decision): readonly Way[] {
  return decision.kind === "ask" || decision.kind === "check" ? decision.ways : [];
}

function settingsOf(policy: Policy, sources: Sources): ExplainedPolicy["settings"] {
  const values: Readonly<Record<keyof Policy, string>> = {
    mfa: policy.mfa,
    requireUserMatch: String(policy.requireUserMatch),
    methods: policy.methods.join(", "),
    failMode: policy.failMode,
    fallback: String(policy.fallback),
    trustedNetworks: policy.trustedNetworks.map(({ address, prefixLength }) => `${address}/${prefixLength}`).join(", "),
    remember: policy.remember.map(({ scope, seconds }) => `${scope} for ${seconds} s`).join(", "),
    methodWords: String(policy.methodWords),
    appMatch: String(policy.appMatch),
  };
  const settings = Object.entries(values) as [keyof Policy, string][];
  return settings.map(([setting, value]) => ({ setting, value, rule: sources[setting] }));
}
