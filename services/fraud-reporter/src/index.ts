import { type TopicOptions, topicOf } from "@portcullis/kit";
import { AccountingReceivedSchema, LoginDecidedSchema } from "@portcullis/proto";

export { FraudReporterModule } from "./fraud-reporter.module.js";

export const topics: readonly TopicOptions[] = [topicOf(LoginDecidedSchema), topicOf(AccountingReceivedSchema)];
