import { type TopicOptions, topicOf } from "@portcullis/kit";
import {
  AccountingReceivedSchema,
  FraudReportedSchema,
  LoginDecidedSchema,
  MailRequestedSchema,
  SettingChangedSchema,
  UserBlockChangedSchema,
  UserChangedSchema,
} from "@portcullis/proto";

export { FraudReporterModule } from "./fraud-reporter.module.js";

export const topics: readonly TopicOptions[] = [
  topicOf(LoginDecidedSchema),
  topicOf(AccountingReceivedSchema),
  topicOf(FraudReportedSchema),
  topicOf(UserChangedSchema),
  topicOf(SettingChangedSchema),
  topicOf(UserBlockChangedSchema),
  topicOf(MailRequestedSchema),
];
