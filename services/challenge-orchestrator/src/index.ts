import { type TopicOptions, topicOf } from "@portcullis/kit";
import {
  ApprovalGivenSchema,
  ChallengeAnsweredSchema,
  ClientChangedSchema,
  DeviceChangedSchema,
  LoginDecidedSchema,
  PrimaryDecidedSchema,
  UserBlockChangedSchema,
  UserChangedSchema,
} from "@portcullis/proto";

export { ChallengeOrchestratorModule, type ChallengeOrchestratorOptions } from "./challenge-orchestrator.module.js";
export { ChallengeEnvironment, challengeSettings } from "./config.js";
export type { ChallengeSettings } from "./domain/settings.js";

/** Every topic that this service publishes or consumes. */
export const topics: readonly TopicOptions[] = [
  PrimaryDecidedSchema,
  ApprovalGivenSchema,
  ChallengeAnsweredSchema,
  LoginDecidedSchema,
  UserChangedSchema,
  ClientChangedSchema,
  DeviceChangedSchema,
  UserBlockChangedSchema,
].map(topicOf);
