import { stringify } from "yaml";
import type { ClientEntry, Configuration, UserEntry } from "./configuration.js";
import type { Secret } from "./secrets/secret.js";
import { referenceOf } from "./secrets/secret-reference.js";

const MAX_LINE_LENGTH = 120;

/**
 * The configuration as YAML text in the shape of the file, every default filled in. A secret is `[redacted]`; one that is
 * kept elsewhere shows where (`fromFile`, `fromEnv`). Users of `usersFile` are not listed.
 */
export function redacted(configuration: Configuration): string {
  const { radius, clients, targets, users, usersFile } = configuration;
  const content = {
    radius,
    clients: clients.map(redactedClient),
    targets,
    users: users.map(redactedUser),
    ...(usersFile === undefined ? {} : { usersFile }),
  };
  return stringify(content, { lineWidth: MAX_LINE_LENGTH, aliasDuplicateObjects: false });
}

function redactedClient({ name, addresses, secrets, ...rest }: ClientEntry) {
  return { name, addresses, secrets: secrets.map(redactedSecret), ...rest };
}

function redactedUser({ name, password, passwordHash, enabled, tokens }: UserEntry) {
  return {
    name,
    ...(password === undefined ? {} : { password: redactedSecret(password) }),
    ...(passwordHash === undefined ? {} : { passwordHash: redactedSecret(passwordHash) }),
    enabled,
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
