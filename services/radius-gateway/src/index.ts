import { type TopicOptions, topicOf } from "@portcullis/kit";
import {
  AccountingReceivedSchema,
  AccountingRequestedSchema,
  ChallengeAnsweredSchema,
  ClientChangedSchema,
  LoginRequestedSchema,
} from "@portcullis/proto";

export { EventLoopWatch } from "./adapters/event-loop/event-loop-watch.js";
export { ClientUsage, type UsageSnapshot } from "./adapters/radius/client-usage.js";
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
