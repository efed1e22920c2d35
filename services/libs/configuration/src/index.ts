export { decodeBase32 } from "./base32.js";
export type {
  ClientEntry,
  Configuration,
  ListenEntry,
  TargetEntry,
  TargetType,
  TokenAlgorithm,
  TokenDigits,
  TokenEntry,
  TokenPeriodSeconds,
  UserEntry,
} from "./configuration.js";
export { type ConfigurationError, formatErrors } from "./configuration-error.js";
export { configurationDigest } from "./digest.js";
export { loadConfiguration } from "./load-configuration.js";
export { loginNameOf } from "./login-name.js";
export { redacted } from "./redacted.js";
export { configurationJsonSchema } from "./schema/file-schema.js";
export { Secret } from "./secret.js";
export type { Environment } from "./secret-source.js";
export { checkUsers, type UserTotals } from "./users/check-users.js";
export { type ReadUsersOptions, readUsers, type UsersProgress } from "./users/read-users.js";
