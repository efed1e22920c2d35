import type { ClientEntry, Configuration, PolicyEntry, SecondFactorRules } from "@portcullis/configuration";
import type { PublishedClient, PublishedRule } from "./ports.js";

/** What each client's own settings are called where rules are listed. */
const OWN_RULE = "client";

/** The clients as their readers need them: what their target is, and which policies are for them. */
export function publishedClients({
  clients,
  targets,
  policies,
}: Pick<Configuration, "clients" | "targets" | "policies">): PublishedClient[] {
  const forwarding = new Set(targets.filter(({ type }) => type === "radius").map(({ name }) => name));
  return clients.map((client) => ({
    ...client,
    forwards: forwarding.has(client.target),
    rules: [...policies.filter((policy) => isFor(policy, client)).map(ruleOf), ownRule(client)],
  }));
}

function isFor({ clients }: PolicyEntry, { name }: ClientEntry): boolean {
  return clients === undefined || clients.includes(name);
}

function ruleOf(policy: PolicyEntry): PublishedRule {
  const { clients: _, ...rule } = policy;
  return rule;
}

function ownRule(client: ClientEntry): PublishedRule & SecondFactorRules {
  const { mfa, requireUserMatch, methods, failMode, fallback, trustedNetworks, remember } = client;
  const { methodWords, appMatch } = client;
  const reached = { failMode, fallback, methodWords, appMatch };
  return { name: OWN_RULE, mfa, requireUserMatch, methods, ...reached, trustedNetworks, remember };
}
