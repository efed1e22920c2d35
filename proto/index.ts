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
  FailMode,
  MessageAuthenticatorDemand,
  MfaDemand,
  PasswordCharset,
  type PolicyRule,
  PolicyRuleSchema,
  Prompting,
  RememberScope,
  type SettingChanged,
  SettingChangedSchema,
  type TargetChanged,
  TargetChangedSchema,
  type TargetServer,
  TargetServerSchema,
  TargetType,
} from "./gen/portcullis/config/v1/configuration_pb.js";
export { Retention, type Topic, topic } from "./gen/portcullis/event/v1/options_pb.js";
export {
  AnswerChannel,
  AnswerWord,
  DeliveryOutcome,
  type DeliveryReported,
  DeliveryReportedSchema,
  type FactorAnswer,
  type FactorAnswered,
  FactorAnsweredSchema,
  FactorAnswerSchema,
} from "./gen/portcullis/factor/v1/answer_pb.js";
export {
  type ChallengeClosed,
  ChallengeClosedSchema,
  type ChallengeIssued,
  ChallengeIssuedSchema,
  ChallengeResult,
  type ChallengeState,
  ChallengeStateSchema,
  Matching,
  Notice,
  type Phones,
  PhonesSchema,
  ReachMethod,
} from "./gen/portcullis/factor/v1/challenge_pb.js";
export { type DeviceChanged, DeviceChangedSchema } from "./gen/portcullis/factor/v1/device_pb.js";
export {
  type PushEnded,
  PushEndedSchema,
  type PushRequested,
  PushRequestedSchema,
  type PushSubscription,
  PushSubscriptionSchema,
} from "./gen/portcullis/factor/v1/push_pb.js";
export {
  FraudChannel,
  type FraudReported,
  FraudReportedSchema,
  type UserBlockChanged,
  UserBlockChangedSchema,
} from "./gen/portcullis/fraud/v1/fraud_pb.js";
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
export { MailKind, type MailRequested, MailRequestedSchema } from "./gen/portcullis/mail/v1/mail_pb.js";
export { type UserChanged, UserChangedSchema } from "./gen/portcullis/user/v1/user_pb.js";
