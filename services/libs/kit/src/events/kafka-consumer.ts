import type { Consumer, Kafka } from "kafkajs";
import type { Log } from "../telemetry/log.js";

export interface ConsumerSettings {
  readonly groupId: string;
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Joined the group, once more after each rebalance and restart, with topic -> the partitions that are ours. */
  readonly onJoin: (assignment: Readonly<Record<string, readonly number[]>>) => void;
}

/** How long an idle broker holds a fetch; an event ends it at once. */
const MAX_WAIT_MS = 500;
const RESTART_AFTER_MS = 1_000;

/** A consumer of kafkajs that outlives whatever the brokers do. @param kafka a patient connection */
export function createConsumer(kafka: Kafka, settings: ConsumerSettings): Consumer {
  const { groupId, sessionTimeoutMs, heartbeatIntervalMs, log, signal, onJoin } = settings;
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: sessionTimeoutMs,
    heartbeatInterval: heartbeatIntervalMs,
    rebalanceTimeout: sessionTimeoutMs,
    maxWaitTimeInMs: MAX_WAIT_MS,
    minBytes: 1,
    retry: { restartOnFailure: () => Promise.resolve(!signal.aborted) },
  });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => onJoin(payload.memberAssignment));
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    log.warn("kafka.consumer_restarts", { group: groupId, error: payload.error });
  });
  return consumer;
}

type RunConfig = NonNullable<Parameters<Consumer["run"]>[0]>;

/**
 * Runs the consumer, and runs it again where kafkajs gives up: it restarts after errors that it calls retriable, and is
 * dead after all others.
 */
export async function keepRunning(consumer: Consumer, config: RunConfig, signal: AbortSignal): Promise<void> {
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (payload.restart || signal.aborted) return;
    setTimeout(() => {
      if (!signal.aborted) void consumer.run(config).catch(() => undefined); // It crashes again, and comes back here.
    }, RESTART_AFTER_MS);
  });
  await consumer.run(config);
}
