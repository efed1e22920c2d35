import { randomUUID } from "node:crypto";
import { fromBinary } from "@bufbuild/protobuf";
import type { Consumer, Kafka } from "kafkajs";
import type { Subscription } from "./event-server.js";

/**
 * Reads compacted topics from their beginning with a consumer group of this process alone. Resolves when everything that
 * stood there at the start has been handled: from then on the process knows the configuration.
 */
export async function readStates(
  kafka: Kafka,
  prefix: string,
  groupId: string,
  topics: ReadonlyMap<string, readonly Subscription[]>,
): Promise<Consumer | undefined> {
  if (topics.size === 0) return undefined;
  const names = [...topics.keys()].map((topic) => prefix + topic);
  const missing = await watermarks(kafka, names);
  const consumer = kafka.consumer({
    groupId: `${prefix}${groupId}.states.${randomUUID()}`,
    sessionTimeout: 30_000,
    heartbeatInterval: 3_000,
    maxWaitTimeInMs: 500,
    minBytes: 1,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5, restartOnFailure: () => Promise.resolve(true) },
  });
  await consumer.connect();
  await consumer.subscribe({ topics: names, fromBeginning: true });
  let caughtUp = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    caughtUp = resolve;
  });
  if (missing.size === 0) caughtUp();
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch, resolveOffset, heartbeat }) => {
      for (const message of batch.messages) {
        for (const subscription of topics.get(batch.topic.slice(prefix.length)) ?? []) {
          const state = message.value === null ? undefined : fromBinary(subscription.schema, message.value);
          await subscription.handle({ key: message.key?.toString() ?? "", state });
        }
        resolveOffset(message.offset);
      }
      const place = `${batch.topic}/${batch.partition}`;
      if (BigInt(batch.lastOffset()) + 1n >= (missing.get(place) ?? 0n)) missing.delete(place);
      if (missing.size === 0) caughtUp();
      await heartbeat();
    },
  });
  await ready;
  return consumer;
}

/** Partition -> the offset after its last record, of partitions that hold any. */
async function watermarks(kafka: Kafka, topics: readonly string[]): Promise<Map<string, bigint>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const ends = new Map<string, bigint>();
    for (const topic of topics) {
      for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) {
        if (BigInt(high) > BigInt(low)) ends.set(`${topic}/${partition}`, BigInt(high));
      }
    }
    return ends;
  } finally {
    await admin.disconnect();
  }
}
