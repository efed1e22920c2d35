import { type TopicOptions, topicOf } from "@portcullis/kit";
import {
  AccountingReceivedSchema,
  AccountingRequestedSchema,
  ChallengeAnsweredSchema,
  ClientChangedSchema,
  LoginRequestedSchema,
} from "@portcullis/proto";

export type { ListenAddress } from "./adapters/radius/listen-address.js";
export type { TlsFiles } from "./adapters/tls/tls-credentials.js";
export { RECEIVE_BUFFER_BYTES } from "./adapters/udp/udp-listener.js";
export { Environment as GatewayEnvironment } from "./config.js";
export { RadiusGatewayModule, type RadiusGatewayOptions } from "./radius-gateway.module.js";

/** What the gateway publishes and consumes. */
export const topics: readonly TopicOptions[] = [
  topicOf(LoginRequestedSchema),
  topicOf(ChallengeAnsweredSchema),
  topicOf(AccountingReceivedSchema),
  topicOf(AccountingRequestedSchema),
  topicOf(ClientChangedSchema),
];
