import { create } from "@bufbuild/protobuf";
import { FailMode, MfaDemand, type PolicyRule, PolicyRuleSchema, RememberScope } from "@portcullis/proto";
import type { PublishedRule } from "../../application/ports.js";

const FAIL_MODES = { secure: FailMode.SECURE, safe: FailMode.SAFE } as const;
const REMEMBER_SCOPES = {
  user: RememberScope.USER,
  "method-and-application": RememberScope.METHOD_AND_APPLICATION,
  "application-and-address": RememberScope.APPLICATION_AND_ADDRESS,
} as const;

/** A policy as it travels; what it does not say is absent, and no default of the wire's. */
export function policyRule(rule: PublishedRule): PolicyRule {
  const { name, groups = [], mfa, requireUserMatch, methods, failMode, fallback } = rule;
  const { trustedNetworks, remember, methodWords, appMatch } = rule;
  return create(PolicyRuleSchema, {
    name,
    groups: [...groups],
    ...(mfa === undefined ? {} : { mfa: mfaDemand(mfa) }),
    ...(requireUserMatch === undefined ? {} : { requireUserMatch }),
    ...(methods === undefined ? {} : { methods: { methods: [...methods] } }),
    ...(failMode === undefined ? {} : { failMode: FAIL_MODES[failMode] }),
    ...(fallback === undefined ? {} : { fallback }),
    ...(trustedNetworks === undefined ? {} : { trustedNetworks: { networks: [...trustedNetworks] } }),
    ...(remember === undefined
      ? {}
      : { remember: { rules: remember.map(({ scope, seconds }) => ({ scope: REMEMBER_SCOPES[scope], seconds })) } }),
    ...(methodWords === undefined ? {} : { methodWords }),
    ...(appMatch === undefined ? {} : { appMatch }),
  });
}

function mfaDemand(mfa: boolean | "enrolled"): MfaDemand {
  if (mfa === "enrolled") return MfaDemand.ENROLLED;
  return mfa ? MfaDemand.ON : MfaDemand.OFF;
}
