import { type TopicOptions, topicOf } from "@portcullis/kit";
import { LoginDecidedSchema } from "@portcullis/proto";

export { FraudReporterModule } from "./fraud-reporter.module.js";

export const topics: readonly TopicOptions[] = [topicOf(LoginDecidedSchema)];
