export {
  eapMessageAttributes,
  integerAttribute,
  ipv4Attribute,
  octetsAttribute,
  proxyStateAttribute,
  stateAttribute,
  textAttribute,
  vendorAttribute,
} from "./attribute-builders.js";
export {
  AcctStatusType,
  AttributeType,
  Code,
  MicrosoftType,
  Prompt,
  type ReplyCode,
  type RequestCode,
  VendorId,
} from "./attributes.js";
export {
  type MessageAuthenticatorCheck,
  verifyAccountingAuthenticator,
  verifyMessageAuthenticator,
  verifyResponseAuthenticator,
  ZERO_AUTHENTICATOR,
} from "./authenticators.js";
export {
  type AccessRequest,
  type AccessRequestToBuild,
  buildAccessRequest,
  type UnbuildableRequest,
} from "./client/build-access-request.js";
export {
  type Exchanged,
  type ExchangeFailed,
  type ExchangeFailure,
  type ExchangeResult,
  type IgnoredReplies,
  isExchangeFailed,
} from "./client/exchange-result.js";
export {
  DEFAULT_INTERVAL_MS,
  DEFAULT_TRIES,
  RadiusClient,
  type RadiusClientOptions,
  type RequestToSend,
} from "./client/radius-client.js";
export {
  type IgnoredReply,
  isIgnored,
  REPLY_FAULTS,
  type ReplyExpectation,
  type ReplyFault,
  verifyReply,
} from "./client/verify-reply.js";
export { equalInConstantTime } from "./constant-time.js";
export type { DictionaryError } from "./dictionary/definitions.js";
export { Dictionary } from "./dictionary/dictionary.js";
export type { AttributeValue } from "./dictionary/encode-value.js";
export { type FormattedAttribute, formatAttribute } from "./dictionary/format-attribute.js";
export { attributeName, codeName, vendorAttributeName } from "./dictionary/names.js";
export { eapFailureFor, eapMessageOf } from "./eap.js";
export { encodeReply, encodeRequest, type ReplyToEncode, type RequestToEncode, type TooBig } from "./encode.js";
export { attributesOf, octetsOf } from "./hop/clear-attributes.js";
export { type DenialAfterAccept, denyAfterAccept, MS_CHAP_CHALLENGE_BYTES } from "./hop/deny-after-accept.js";
export type { Hop } from "./hop/hiding.js";
export { isLooped, isLoopRefusal, loopRefusalAttributes } from "./hop/loop.js";
export {
  clearReplyAttributes,
  type HideReplyOptions,
  hideReplyAttributes,
  type NotOurs,
  type TargetReplyOptions,
} from "./hop/pass-reply.js";
export { clearRequestAttributes, encodeTargetRequest, type TargetRequest } from "./hop/pass-request.js";
export { isMalformed, MALFORMED_REASONS, type Malformed, type MalformedReason } from "./malformed.js";
export {
  type Attribute,
  AUTHENTICATOR_BYTES,
  decode,
  HEADER_BYTES,
  MAX_ATTRIBUTES,
  MAX_PACKET_BYTES,
  MAX_VALUE_BYTES,
  type Packet,
} from "./packet.js";
export {
  DISCARD_REASONS,
  type Discarded,
  type DiscardReason,
  type ReceivedRequest,
  type ReceiveOptions,
  receiveRequest,
} from "./receive.js";
export { MAX_SECRET_BYTES, SharedSecret } from "./shared-secret.js";
export { type FramedPackets, PacketFramer } from "./stream/packet-framer.js";
export { fromRadius11, type NoChallenge, type TranslatedRequest, toRadius11 } from "./stream/radius-1-1.js";
export { decodeUtf8, decryptUserPassword, encryptUserPassword, MAX_PASSWORD_BYTES } from "./user-password.js";
export type { OpaqueVendorAttribute, VendorAttribute } from "./vendor-attribute.js";
