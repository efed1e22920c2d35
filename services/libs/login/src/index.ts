export { contextMessage, contextOf, deadlineOf, decodeContext, encodeContext } from "./contracts/context.js";
export {
  decodeOutcome,
  encodeOutcome,
  outcomeMessage,
  outcomeOf,
  resultCodeMessage,
  resultCodeOf,
} from "./contracts/outcome.js";
export { type ReplyPlace, ReplySealer } from "./contracts/reply.js";
export {
  FrontEnd,
  type FrontEndAnswer,
  type FrontEndParts,
  type FrontEndRequest,
  type NoAnswer,
} from "./front-end.js";
export type { AnswerId, ExchangeId, GatewayId, LoginId, UserId, UserKey } from "./ids.js";
export type { LoginContext, LoginOutcome, Reply, Verdict } from "./login-context.js";
export { fileUserIdOf, loginNameOf, MAX_USER_NAME_BYTES, userKeyOf } from "./login-name.js";
export { MemoryPendingStore } from "./memory/memory-pending-store.js";
export { type OpenedPendingStore, openPendingStore } from "./open-pending-store.js";
export type {
  AnswerRequest,
  Claim,
  ClaimRequest,
  DecidedExchange,
  DueEntry,
  DueIndex,
  EndedLogin,
  ExchangeDecision,
  ExchangeRef,
  ExchangeStatus,
  ExchangeStore,
  Expired,
  Lockout,
  LoginRef,
  LoginStore,
  Opened,
  OpenRequest,
  PendingStore,
  Reserved,
  Settled,
  Settlement,
  Wake,
} from "./pending-store.js";
export { StoreUnavailable } from "./pending-store.js";
export { PENDING_STORE, PendingStoreModule } from "./pending-store.module.js";
export { RedisPendingStore } from "./redis/redis-pending-store.js";
export { isResultCode, RESULT_CODES, type ResultCode, type ResultCodeMeaning } from "./result-codes.js";
export { answerPlace, clientSecretPlace, passwordPlace } from "./sealed-fields.js";
export { type StateHolder, StateSealer, type StateToken } from "./state-token.js";
export { StoreClock } from "./store-clock.js";
