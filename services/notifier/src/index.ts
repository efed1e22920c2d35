import { type TopicOptions, topicOf } from "@portcullis/kit";
import {
  ChallengeClosedSchema,
  ChallengeIssuedSchema,
  DeliveryReportedSchema,
  FactorAnsweredSchema,
  MailRequestedSchema,
  PushEndedSchema,
  PushRequestedSchema,
  SettingChangedSchema,
} from "@portcullis/proto";

export type { OutboxEntry } from "./adapters/providers/outbox/outbox.js";
export { NotifierModule, type NotifierOptions } from "./notifier.module.js";

/** Every topic that this service publishes or consumes. */
export const topics: readonly TopicOptions[] = [
  ChallengeIssuedSchema,
  ChallengeClosedSchema,
  MailRequestedSchema,
  PushRequestedSchema,
  SettingChangedSchema,
  FactorAnsweredSchema,
  DeliveryReportedSchema,
  PushEndedSchema,
].map(topicOf);
