import { type TopicOptions, topicOf } from "@portcullis/kit";
import {
  AccountingRequestedSchema,
  ClientChangedSchema,
  LoginRequestedSchema,
  PrimaryDecidedSchema,
  TargetChangedSchema,
  UserChangedSchema,
} from "@portcullis/proto";

export { AuthnPrimaryModule, type AuthnPrimaryOptions } from "./authn-primary.module.js";

export const topics: readonly TopicOptions[] = [
  LoginRequestedSchema,
  PrimaryDecidedSchema,
  AccountingRequestedSchema,
  UserChangedSchema,
  ClientChangedSchema,
  TargetChangedSchema,
].map(topicOf);
