import { type TopicOptions, topicOf } from "@portcullis/kit";
import { ClientChangedSchema, SettingChangedSchema, TargetChangedSchema } from "@portcullis/proto";

export { PortalModule, type PortalOptions } from "./portal.module.js";

export const topics: readonly TopicOptions[] = [
  topicOf(ClientChangedSchema),
  topicOf(TargetChangedSchema),
  topicOf(SettingChangedSchema),
];
