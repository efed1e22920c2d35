import { type TopicOptions, topicOf } from "@portcullis/kit";
import { UserChangedSchema } from "@portcullis/proto";

export { DirectorySyncModule, type DirectorySyncOptions } from "./directory-sync.module.js";

export const topics: readonly TopicOptions[] = [topicOf(UserChangedSchema)];
