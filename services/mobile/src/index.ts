import { type TopicOptions, topicOf } from "@portcullis/kit";
import {
  ChallengeClosedSchema,
  ChallengeIssuedSchema,
  DeliveryReportedSchema,
  DeviceChangedSchema,
  FactorAnsweredSchema,
  FraudReportedSchema,
  PushEndedSchema,
  PushRequestedSchema,
  SettingChangedSchema,
  UserChangedSchema,
} from "@portcullis/proto";

export { memoryStores } from "./adapters/memory/memory-stores.js";
export { MobileEnvironment, type MobileEnvironmentSettings, mobileEnvironmentSettings } from "./config.js";
export { MobileModule, type MobileOptions } from "./mobile.module.js";

/** Every topic that this service publishes or consumes. */
export const topics: readonly TopicOptions[] = [
  ChallengeIssuedSchema,
  ChallengeClosedSchema,
  DeliveryReportedSchema,
  DeviceChangedSchema,
  FactorAnsweredSchema,
  FraudReportedSchema,
  PushEndedSchema,
  PushRequestedSchema,
  SettingChangedSchema,
  UserChangedSchema,
].map(topicOf);
