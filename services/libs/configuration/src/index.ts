export type {
  ClientEntry,
  Configuration,
  ListenEntry,
  OwnTargetEntry,
  RadiusTargetEntry,
  ReplyAttributeRule,
  TargetEntry,
  TargetServerEntry,
  TokenAlgorithm,
  TokenDigits,
  TokenEntry,
  TokenPeriodSeconds,
  UserEntry,
} from "./configuration.js";
export { type ConfigurationError, formatErrors } from "./configuration-error.js";
export { revealingJson, usersDigest } from "./digest.js";
export { loadConfiguration } from "./load-configuration.js";
export { redacted } from "./redacted.js";
export { configurationReference } from "./reference/configuration-reference.js";
export { schemaTable } from "./reference/schema-table.js";
export { configurationJsonSchema } from "./schema/file-schema.js";
export { Secret } from "./secrets/secret.js";
export { secretFilesOf } from "./secrets/secret-files.js";
export type { Environment } from "./secrets/secret-source.js";
export { checkUsers, type UserTotals } from "./users/check-users.js";
export { type ReadUsersOptions, readUsers, type UsersProgress } from "./users/read-users.js";
export { decodeBase32 } from "./values/base32.js";
export {
  ConfigurationFile,
  type ConfigurationReading,
  type ConfigurationSource,
} from "./watch/configuration-file.js";
export { configurationForImport, importOf } from "./watch/import-configuration.js";
