import { randomUUID } from "node:crypto";
import { fromBinary } from "@bufbuild/protobuf";
import type { Admin, Kafka } from "kafkajs";
import { sealedFieldsOf } from "../sealing/sealed-fields-of.js";
import { keyIdOf } from "../sealing/sealer.js";
import type { SealedStates } from "../sealing/state-resealer.js";
import { Unavailable } from "../unavailable.js";
import { topicOf } from "./topic.js";

/** A configuration of ten thousand clients is read in a second; a broker that takes so long is away. */
const READ_LIMIT_MS = 60_000;

/**
 * Looks under which keys the states of a compacted topic are sealed, by reading it once: of each key the newest record, which
 * is the one that counts for whoever starts.
 */
export function kafkaSealedStates(kafka: Kafka, prefix: string): SealedStates {
  return async (schema) => {
    const uses = new Map<number, number>();
    for (const value of await newestValues(kafka, prefix + topicOf(schema).name)) {
      for (const sealed of sealedFieldsOf(schema, fromBinary(schema, value))) {
        const keyId = keyIdOf(sealed) ?? 0;
        uses.set(keyId, (uses.get(keyId) ?? 0) + 1);
      }
    }
    return uses;
  };
}

async function newestValues(kafka: Kafka, topic: string): Promise<Buffer[]> {
  const missing = await watermarksOf(kafka, topic);
  if (missing.size === 0) return [];
  const newest = new Map<string, Buffer | null>();
  const groupId = `${topic}.keys.${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 500 });
  const read = Promise.withResolvers<void>();
  const limit = setTimeout(() => read.reject(new Unavailable(`${topic} can't be read now.`)), READ_LIMIT_MS);
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: ({ batch }) => {
        for (const { key, value } of batch.messages) newest.set(key?.toString() ?? "", value);
        if (Number(batch.lastOffset()) + 1 >= (missing.get(batch.partition) ?? 0)) missing.delete(batch.partition);
        if (missing.size === 0) read.resolve();
        return Promise.resolve();
      },
    });
    await read.promise;
  } finally {
    clearTimeout(limit);
    await consumer.disconnect();
  }
  return [...newest.values()].filter((value) => value !== null);
}

/** Partition -> where it ends now; of partitions that hold any record. */
async function watermarksOf(kafka: Kafka, topic: string): Promise<Map<number, number>> {
  const admin: Admin = kafka.admin();
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsets(topic);
    const filled = offsets.filter(({ high, low }) => Number(high) > Number(low));
    return new Map(filled.map(({ partition, high }) => [partition, Number(high)]));
  } finally {
    await admin.disconnect();
  }
}
