import { connect } from "node:net";
import kafkajs, { type ISocketFactoryArgs, type Kafka, type LogEntry, logLevel } from "kafkajs";
import type { Log } from "../telemetry/log.js";
import { RepeatedWarning } from "../telemetry/repeated-warning.js";

export interface KafkaOptions {
  readonly brokers: readonly string[];
  /** The service; its replicas share a consumer group of this name. */
  readonly service: string;
  /** Put before the names of topics and groups, so that several installations can share a broker. */
  readonly prefix: string;
  /**
   * For consumers: a broker that is away is tried for as long as it takes. One that gave up would forget which member of
   * its group it is, and the group then waits a whole session for the lost member. Without it a call fails in seconds.
   */
  readonly patient?: boolean;
}

/** How long a client waits for a broker before it says that it is away. */
const CONNECTION_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 5_000;
const RETRIES = 3;
/** Once a second at the most, for longer than any outage. */
const PATIENT_RETRIES = 1_000_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 1_000;

type OpenSocket = typeof connect;

/** @param open how a connection is made; tests cut it here */
export function connectKafka(options: KafkaOptions, log: Log, open: OpenSocket = connect): Kafka {
  return new kafkajs.Kafka({
    clientId: options.service,
    brokers: [...options.brokers],
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    enforceRequestTimeout: true,
    retry: {
      initialRetryTime: FIRST_RETRY_MS,
      maxRetryTime: LONGEST_RETRY_MS,
      retries: options.patient === true ? PATIENT_RETRIES : RETRIES,
    },
    socketFactory: (address) => openSocket(address, open),
    logLevel: logLevel.WARN,
    logCreator: () => entryWriter(log),
  });
}

/** kafkajs never calls setNoDelay: without it a small batch waits for an acknowledgement that waits for it. */
function openSocket({ host, port, onConnect }: ISocketFactoryArgs, open: OpenSocket): ReturnType<OpenSocket> {
  return open({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 }, onConnect);
}

/**
 * Rebalances and brokers that went away are the library's own business to mend: they are warnings at the most, and each
 * part of it repeats itself several times a second.
 */
function entryWriter(log: Log): (entry: LogEntry) => void {
  const warnings = new Map<string, RepeatedWarning>();
  return ({ namespace, log: { message, error } }) => {
    let warning = warnings.get(namespace);
    if (warning === undefined) {
      warning = new RepeatedWarning(log, "kafka.client");
      warnings.set(namespace, warning);
    }
    warning.warn({ part: namespace, message, ...(error === undefined ? {} : { reason: String(error) }) });
  };
}
