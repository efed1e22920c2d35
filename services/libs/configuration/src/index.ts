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
export { loginNameOf } from "./login-name.js";
export type { Result } from "./result.js";
export { Secret } from "./secret.js";
