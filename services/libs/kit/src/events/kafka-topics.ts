import { setTimeout as sleep } from "node:timers/promises";
import { Retention } from "@portcullis/proto";
import type { Admin, ITopicConfig, Kafka } from "kafkajs";
import { deadLetterTopicOf, type TopicOptions } from "./topic.js";

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
/** How long a record is kept that no handler could take: the longest that anything sealed stays where nobody seals it again. */
export const DEAD_LETTERS_KEPT_MS = 7 * DAY_MS;
/** How long a service may be away and still see every state of a key. */
const COMPACTION_LAG_MS = 7 * DAY_MS;
const RETENTION_MS: Readonly<Record<Retention, number>> = {
  [Retention.UNSPECIFIED]: DAY_MS,
  [Retention.MINUTES]: 60 * MINUTE_MS,
  [Retention.DAYS]: 7 * DAY_MS,
  [Retention.COMPACTED]: -1,
};
/** A record with its headers of a dead letter may be longer than the longest that its own topic takes. */
const DEAD_LETTER_MAX_BYTES = 2_097_152;
const ATTEMPTS = 10;
const PAUSE_MS = 500;

export interface TopicLayout {
  readonly prefix: string;
  readonly partitions: number;
  readonly replicationFactor: number;
}

/** Makes the topics that are missing, with their dead letters; what exists is left as it is. */
export async function createTopics(kafka: Kafka, topics: readonly TopicOptions[], layout: TopicLayout): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const wanted = topics.flatMap((topic) => configsOf(topic, layout));
    for (let attempt = 1; ; attempt++) {
      try {
        const there = new Set(await admin.listTopics());
        const missing = wanted.filter((topic) => !there.has(topic.topic));
        if (missing.length > 0) await admin.createTopics({ topics: missing, waitForLeaders: true });
        await haveLeaders(admin, wanted);
        return;
      } catch (error) {
        // A broker that has just started, or another replica that makes the same topics.
        if (attempt >= ATTEMPTS) throw error;
        await sleep(PAUSE_MS);
      }
    }
  } finally {
    await admin.disconnect();
  }
}

function configsOf(topic: TopicOptions, layout: TopicLayout): ITopicConfig[] {
  const { partitions, replicationFactor } = layout;
  const compacted = topic.retention === Retention.COMPACTED;
  const policy = { name: "cleanup.policy", value: compacted ? "compact" : "delete" };
  const retention = { name: "retention.ms", value: String(RETENTION_MS[topic.retention]) };
  // A consumer that was away may miss no state that came before a tombstone ("disabled" before "removed").
  const lag = compacted ? [{ name: "min.compaction.lag.ms", value: String(COMPACTION_LAG_MS) }] : [];
  const main = {
    topic: layout.prefix + topic.name,
    numPartitions: compacted ? 1 : partitions,
    replicationFactor,
    configEntries: [policy, retention, ...lag],
  };
  const dead = { topic: layout.prefix + deadLetterTopicOf(topic.name), numPartitions: 1, replicationFactor };
  const deadConfig = [
    { name: "retention.ms", value: String(DEAD_LETTERS_KEPT_MS) },
    { name: "max.message.bytes", value: String(DEAD_LETTER_MAX_BYTES) },
  ];
  return [main, { ...dead, configEntries: deadConfig }];
}

async function haveLeaders(admin: Admin, topics: readonly ITopicConfig[]): Promise<void> {
  const { topics: found } = await admin.fetchTopicMetadata({ topics: topics.map((topic) => topic.topic) });
  for (const topic of found) {
    if (topic.partitions.some((partition) => partition.leader < 0)) throw new Error(`${topic.name} has no leader yet.`);
  }
}
