/** The contracts of the events: generated from the `.proto` files beside this file, exported by name. */
export {
  type AccountingReceived,
  AccountingReceivedSchema,
  type AccountingRequested,
  AccountingRequestedSchema,
  AccountingStatus,
} from "./gen/portcullis/accounting/v1/accounting_pb.js";
export {
  Accounting,
  type ClientChanged,
  ClientChangedSchema,
  MessageAuthenticatorDemand,
  PasswordCharset,
  Prompting,
  SecondFactorMethod,
  type TargetChanged,
  TargetChangedSchema,
  type TargetServer,
  TargetServerSchema,
  TargetType,
} from "./gen/portcullis/config/v1/configuration_pb.js";
export { Retention, type Topic, topic } from "./gen/portcullis/event/v1/options_pb.js";
export {
  type LoginContext,
  LoginContextSchema,
  type Reply,
  ReplySchema,
  Verdict,
  type WaitingExchange,
  WaitingExchangeSchema,
} from "./gen/portcullis/login/v1/context_pb.js";
export {
  type ApprovalGiven,
  ApprovalGivenSchema,
  type ChallengeAnswered,
  ChallengeAnsweredSchema,
  type Conversation,
  ConversationSchema,
  CredentialKind,
  type LoginDecided,
  LoginDecidedSchema,
  type LoginRequested,
  LoginRequestedSchema,
  type PrimaryDecided,
  PrimaryDecidedSchema,
  PrimaryOutcome,
} from "./gen/portcullis/login/v1/events_pb.js";
export { ResultCode } from "./gen/portcullis/login/v1/result_code_pb.js";
export { type UserChanged, UserChangedSchema } from "./gen/portcullis/user/v1/user_pb.js";
