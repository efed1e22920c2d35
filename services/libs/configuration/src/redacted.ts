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

const MAX_LINE_LENGTH = 120;

/**
 * The configuration as YAML text in the shape of the file, every default filled in. A secret is `[redacted]`; one that is
 * kept elsewhere shows where (`fromFile`, `fromEnv`). Users of `usersFile` are not listed.
 */
export function redacted(configuration: Configuration): string {
  const { radius, clients, targets, allowManualAnswers, dictionaries, users, usersFile } = configuration;
  const content = {
    radius,
    clients: clients.map(redactedClient),
    targets: targets.map(redactedTarget),
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

function redactedUser({ name, password, passwordHash, enabled, groups, tokens }: UserEntry) {
  return {
    name,
    ...(password === undefined ? {} : { password: redactedSecret(password) }),
    ...(passwordHash === undefined ? {} : { passwordHash: redactedSecret(passwordHash) }),
    enabled,
    groups,
    tokens: tokens.map(({ serial, type, secret, digits, periodSeconds, algorithm }) => ({
      serial,
      type,
      secret: redactedSecret(secret),
      digits,
      period: periodSeconds,
      algorithm,
    })),
  };
}

function redactedSecret(secret: Secret) {
  return referenceOf(secret) ?? secret.toString();
}
