import { type TopicOptions, topicOf } from "@portcullis/kit";
import {
  ChallengeAnsweredSchema,
  ChallengeClosedSchema,
  ChallengeIssuedSchema,
  ClientChangedSchema,
  DeliveryReportedSchema,
  DeviceChangedSchema,
  FactorAnsweredSchema,
  FraudReportedSchema,
  LoginDecidedSchema,
  PrimaryDecidedSchema,
  SettingChangedSchema,
  UserBlockChangedSchema,
  UserChangedSchema,
} from "@portcullis/proto";

export { ChallengeOrchestratorModule, type ChallengeOrchestratorOptions } from "./challenge-orchestrator.module.js";
export { ChallengeEnvironment, challengeSettings } from "./config.js";
export type { ChallengeSettings } from "./domain/settings.js";

/** Every topic that this service publishes or consumes. */
export const topics: readonly TopicOptions[] = [
  PrimaryDecidedSchema,
  ChallengeAnsweredSchema,
  ChallengeIssuedSchema,
  ChallengeClosedSchema,
  FactorAnsweredSchema,
  DeliveryReportedSchema,
  FraudReportedSchema,
  LoginDecidedSchema,
  UserChangedSchema,
  UserBlockChangedSchema,
  DeviceChangedSchema,
  ClientChangedSchema,
  SettingChangedSchema,
].map(topicOf);
