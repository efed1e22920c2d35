export type {
  ClientEntry,
  Configuration,
  HttpListenEntry,
  ListenEntry,
  OwnTargetEntry,
  PolicyEntry,
  RadiusTargetEntry,
  RememberRule,
  ReplyAttributeRule,
  SecondFactorRules,
  TargetEntry,
  TargetServerEntry,
  TokenAlgorithm,
  TokenDigits,
  TokenEntry,
  TokenPeriodSeconds,
  TokenType,
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
export { type FraudSettings, fraudSettings } from "./settings/fraud-settings.js";
export { type MobileSettings, mobileSettings } from "./settings/mobile-settings.js";
export {
  type HttpProviderSettings,
  type NotificationsSettings,
  notificationsSettings,
  type OutboxSettings,
  type ProviderSettings,
  type SmppSettings,
  type SmtpSettings,
  type TwilioSettings,
} from "./settings/notifications-settings.js";
export { openSetting } from "./settings/open-setting.js";
export { checkUsers, type UserTotals } from "./users/check-users.js";
export { type MergeUsersOptions, mergeUsers, type UsersMerge } from "./users/merge-users.js";
export { type ReadUsersOptions, readUsers, type UsersProgress } from "./users/read-users.js";
export { type CsvRow, CsvTrouble, readCsv } from "./users/users-csv.js";
export { decodeBase32, encodeBase32 } from "./values/base32.js";
export { type Phone, parsePhone } from "./values/phone.js";
export type {
  FailMode,
  Language,
  Method,
  PinMode,
  ProviderService,
  RememberScope,
  SmsMode,
  UserMethod,
} from "./values/second-factor-words.js";
export {
  checkPin,
  checkSerial,
  checkTokenSecret,
  checkUserName,
  MAX_TOKEN_COUNTER,
  MAX_TOKENS_PER_USER,
} from "./values/value-rules.js";
export {
  ConfigurationFile,
  type ConfigurationReading,
  type ConfigurationSource,
} from "./watch/configuration-file.js";
export { configurationForImport, importOf } from "./watch/import-configuration.js";
