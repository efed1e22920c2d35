import { connect } from "node:net";
import kafkajs, { type ISocketFactoryArgs, type Kafka, type LogEntry, logLevel } from "kafkajs";
import type { Log } from "../telemetry/log.js";

export interface KafkaOptions {
  readonly brokers: readonly string[];
  /** The service; its replicas share a consumer group of this name. */
  readonly service: string;
  /** Put before the names of topics and groups, so that several installations can share a broker. */
  readonly prefix: string;
}

/** How long a client waits for a broker before it says that it is away. */
const CONNECTION_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 5_000;

export function connectKafka(options: KafkaOptions, log: Log): Kafka {
  return new kafkajs.Kafka({
    clientId: options.service,
    brokers: [...options.brokers],
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    enforceRequestTimeout: true,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 3 },
    socketFactory,
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => writeEntry(log, entry),
  });
}

/** kafkajs never calls setNoDelay: without it a small batch waits for an acknowledgement that waits for it. */
function socketFactory({ host, port, onConnect }: ISocketFactoryArgs): ReturnType<typeof connect> {
  return connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 }, onConnect);
}

/** Rebalances and brokers that went away are the library's own business to mend: they are warnings at the most. */
function writeEntry(log: Log, entry: LogEntry): void {
  const { message, error } = entry.log;
  log.warn("kafka.client", {
    part: entry.namespace,
    message,
    ...(error === undefined ? {} : { reason: String(error) }),
  });
}
