export { type AnswerExchangeParts, answerExchange } from "./answer-exchange.js";
export { contextMessage, contextOf, deadlineOf, decodeContext, encodeContext } from "./contracts/context.js";
export {
  decodeOutcome,
  encodeOutcome,
  outcomeMessage,
  outcomeOf,
  resultCodeMessage,
  resultCodeOf,
} from "./contracts/outcome.js";
export { PLAIN_REPLY, type ReplyPlace, ReplySealer } from "./contracts/reply.js";
export { decodeWaitingExchange, encodeWaitingExchange, type WaitingExchange } from "./contracts/waiting-exchange.js";
export type {
  Claim,
  ClaimRequest,
  DecidedExchange,
  ExchangeDecision,
  ExchangeRef,
  ExchangeStatus,
  ExchangeStore,
  Wake,
} from "./exchange-store.js";
export {
  FrontEnd,
  type FrontEndAnswer,
  type FrontEndParts,
  type FrontEndRequest,
  MAX_WAITING_PER_USER,
  type NoAnswer,
} from "./front-end.js";
export type { AnswerId, ExchangeId, GatewayId, LoginId, UserId, UserKey } from "./ids.js";
export type { LoginContext, LoginOutcome, Reply, Verdict } from "./login-context.js";
export {
  fileUserIdOf,
  isAccessListName,
  loginNameOf,
  loopTagOf,
  MAX_USER_NAME_BYTES,
  userKeyOf,
} from "./login-name.js";
export type {
  AnswerRequest,
  EndedLogin,
  Expired,
  Finished,
  Lockout,
  LoginRef,
  LoginStatus,
  LoginStore,
  NextRound,
  Opened,
  OpenRequest,
  Reach,
  ReachRefusal,
  Remembered,
  Reserved,
  Settled,
  Settlement,
} from "./login-store.js";
export { MemoryPendingStore } from "./memory/memory-pending-store.js";
export { type OpenedPendingStore, openPendingStore } from "./open-pending-store.js";
export type { DueEntry, DueIndex, PendingStore } from "./pending-store.js";
export { DUE_GRACE_MS, StoreUnavailable } from "./pending-store.js";
export { PENDING_STORE, PendingStoreModule } from "./pending-store.module.js";
export { inspectRedis, type RedisState } from "./redis/inspect-redis.js";
export { connectRedis } from "./redis/redis-client.js";
export { RedisPendingStore } from "./redis/redis-pending-store.js";
export { isResultCode, RESULT_CODES, type ResultCode, type ResultCodeMeaning } from "./result-codes.js";
export {
  accountingAttributesPlace,
  answerPlace,
  appendedCodePlace,
  challengeCodePlace,
  challengePhonesPlace,
  challengeStatePlace,
  clientReplyAttributesPlace,
  clientSecretPlace,
  denialPlace,
  deviceSecretPlace,
  factorAnswerPlace,
  passwordPlace,
  pushSubscriptionPlace,
  replyAttributesPlace,
  requestAttributesPlace,
  settingPlace,
  targetSecretPlace,
} from "./sealed-fields.js";
export {
  type ConversationState,
  type PromptState,
  type StateHolder,
  StateSealer,
  type StateToken,
} from "./state-token.js";
export { StoreClock } from "./store-clock.js";
