import { stringify } from "yaml";
import type {
  ClientEntry,
  Configuration,
  ReplyAttributeRule,
  TargetEntry,
  UserEntry,
  WrittenValue,
} from "./configuration.js";
import { Secret } from "./secrets/secret.js";
import { referenceOf } from "./secrets/secret-reference.js";
import type { MobileSettings } from "./settings/mobile-settings.js";

const MAX_LINE_LENGTH = 120;

/**
 * The configuration as YAML text in the shape of the file, every default filled in. A secret is `[redacted]`; one that is
 * kept elsewhere shows where (`fromFile`, `fromEnv`). Users of `usersFile` are not listed.
 */
export function redacted(configuration: Configuration): string {
  const { radius, clients, targets, policies, allowManualAnswers, dictionaries, users, usersFile } = configuration;
  const { notifications, mobile, fraud, http } = configuration;
  const content = {
    radius,
    clients: clients.map(redactedClient),
    targets: targets.map(redactedTarget),
    policies,
    ...(notifications === undefined ? {} : { notifications: redactedSecretsIn(notifications) }),
    ...(mobile === undefined ? {} : { mobile: redactedMobile(mobile) }),
    ...(fraud === undefined ? {} : { fraud }),
    ...(http === undefined ? {} : { http }),
    allowManualAnswers,
    dictionaries,
    users: users.map(redactedUser),
    ...(usersFile === undefined ? {} : { usersFile }),
  };
  return stringify(content, { lineWidth: MAX_LINE_LENGTH, aliasDuplicateObjects: false });
}

function redactedClient({ name, addresses, secrets, replyAttributes, ...rest }: ClientEntry) {
  // A client of TLS may have neither, and an empty list cannot be loaded again.
  return {
    name,
    ...(addresses.length === 0 ? {} : { addresses }),
    ...(secrets.length === 0 ? {} : { secrets: secrets.map(redactedSecret) }),
    ...rest,
    replyAttributes: replyAttributes.map(redactedRule),
  };
}

function redactedTarget(target: TargetEntry) {
  if (target.type !== "radius") return target;
  return {
    ...target,
    servers: target.servers.map(({ secret, ...rest }) => ({ ...rest, secret: redactedSecret(secret) })),
  };
}

function redactedRule({ groups, written }: ReplyAttributeRule) {
  const values = Object.entries(written).map(([name, [first, ...more]]) => {
    const shown = (value: WrittenValue | undefined) => (value instanceof Secret ? redactedSecret(value) : value);
    return [name, more.length === 0 ? shown(first) : [first, ...more].map(shown)] as const;
  });
  return { ...(groups === undefined ? {} : { groups }), attributes: Object.fromEntries(values) };
}

function redactedUser(user: UserEntry) {
  const { loginName: _, groups, tokens, ...rest } = user;
  return {
    ...(redactedSecretsIn(rest) as object),
    groups,
    tokens: tokens.map(({ secret, periodSeconds, counter, ...token }) => ({
      ...token,
      secret: redactedSecret(secret),
      ...(token.type === "hotp" ? { counter } : { period: periodSeconds }),
    })),
  };
}

/** It is taken over from `notifications`, and no key of the file. */
function redactedMobile(settings: MobileSettings) {
  const { vapidPublicKey: _, ...mobile } = settings;
  return mobile;
}

/** The same tree with each secret shown as one, wherever it is; the schema bounds its depth. */
function redactedSecretsIn(value: unknown): unknown {
  if (value instanceof Secret) return redactedSecret(value);
  if (Array.isArray(value)) return value.map(redactedSecretsIn);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, redactedSecretsIn(part)]));
}

function redactedSecret(secret: Secret<unknown>) {
  return referenceOf(secret) ?? secret.toString();
}
