import { FailMode, MfaDemand, type PolicyRule as PolicyRuleMessage, RememberScope } from "@portcullis/proto";
import { networkOf } from "../../domain/networks.js";
import type { Policy, PolicyRule, RememberRule } from "../../domain/policy.js";
import { METHOD_NAMES, type MethodName } from "../../domain/user-factors.js";

const MFA: ReadonlyMap<MfaDemand, Policy["mfa"]> = new Map([
  [MfaDemand.OFF, "off"],
  [MfaDemand.ON, "on"],
  [MfaDemand.ENROLLED, "enrolled"],
]);

const SCOPES: ReadonlyMap<RememberScope, RememberRule["scope"]> = new Map([
  [RememberScope.USER, "user"],
  [RememberScope.METHOD_AND_APPLICATION, "method-and-application"],
  [RememberScope.APPLICATION_AND_ADDRESS, "application-and-address"],
]);

/** Throws for what this version does not know: nothing may be concluded from half a rule. */
export function ruleOf(rule: PolicyRuleMessage): PolicyRule {
  const settings: Partial<Policy> = {
    ...(rule.mfa === undefined ? {} : { mfa: known(MFA.get(rule.mfa)) }),
    ...(rule.requireUserMatch === undefined ? {} : { requireUserMatch: rule.requireUserMatch }),
    ...(rule.methods === undefined ? {} : { methods: rule.methods.methods.map(methodOf) }),
    ...(rule.failMode === undefined ? {} : { failMode: rule.failMode === FailMode.SAFE ? "safe" : "secure" }),
    ...(rule.fallback === undefined ? {} : { fallback: rule.fallback }),
    ...(rule.trustedNetworks === undefined ? {} : { trustedNetworks: rule.trustedNetworks.networks.map(networkOf) }),
    ...(rule.remember === undefined ? {} : { remember: rule.remember.rules.map(rememberOf) }),
    ...(rule.methodWords === undefined ? {} : { methodWords: rule.methodWords }),
    ...(rule.appMatch === undefined ? {} : { appMatch: rule.appMatch }),
  };
  return { name: rule.name, groups: rule.groups, settings };
}

function rememberOf({ scope, seconds }: { scope: RememberScope; seconds: number }): RememberRule {
  return { scope: known(SCOPES.get(scope)), seconds };
}

function methodOf(name: string): MethodName {
  return known(METHOD_NAMES.find((method) => method === name));
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("A policy has a value that is not known here.");
  return value;
}
