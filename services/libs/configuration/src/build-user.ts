import { loginNameOf } from "@portcullis/login";
import { type SecretsByPath, secretAt } from "./build-configuration.js";
import type { TokenEntry, UserEntry } from "./configuration.js";
import type { FileContent } from "./schema/file-schema.js";
import { Secret } from "./secrets/secret.js";
import { canonicalGroups } from "./values/group-names.js";
import { phoneOf } from "./values/phone.js";
import type { ContentPath } from "./yaml/content-path.js";

type UserContent = FileContent["users"][number];

/** The entry of a user whose shape, uniqueness and secrets were checked. */
export function userEntry(content: UserContent, at: number, secrets: SecretsByPath): UserEntry {
  const { name, enabled, groups, tokens, phone, backupPhone, language, mail, methods, defaultMethod } = content;
  const path = ["users", at];
  const present = SECRET_KEYS.filter((key) => content[key] !== undefined);
  return {
    name,
    loginName: loginNameOf(name),
    ...Object.fromEntries(present.map((key) => [key, secretAt(secrets, [...path, key])])),
    enabled,
    groups: canonicalGroups(groups),
    ...(phone === undefined ? {} : { phone: new Secret(phoneOf(phone)) }),
    ...(backupPhone === undefined ? {} : { backupPhone: new Secret(phoneOf(backupPhone)) }),
    language,
    ...(mail === undefined ? {} : { mail }),
    ...(methods === undefined ? {} : { methods }),
    ...(defaultMethod === undefined ? {} : { defaultMethod }),
    smsMode: content.smsMode,
    voiceMode: content.voiceMode,
    appMode: content.appMode,
    tokens: tokens.map((token, index) => tokenEntry(token, [...path, "tokens", index], secrets)),
  };
}

const SECRET_KEYS = ["password", "passwordHash", "pin", "pinHash"] as const;

function tokenEntry(content: UserContent["tokens"][number], path: ContentPath, secrets: SecretsByPath): TokenEntry {
  const { serial, type, digits, period, algorithm, counter = 0 } = content;
  const secret = secretAt(secrets, [...path, "secret"]);
  return { serial, type, secret, digits, periodSeconds: period, algorithm, counter };
}
