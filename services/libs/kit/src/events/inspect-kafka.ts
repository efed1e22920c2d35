import kafkajs, { type Admin } from "kafkajs";
import { createLog } from "../telemetry/log.js";
import { connectKafka } from "./kafka-connection.js";
import { deadLetterTopicOf, type TopicOptions } from "./topic.js";

/** What there is of a topic. */
export interface TopicState {
  readonly name: string;
  /** Replicas of the partition that has the fewest. */
  readonly replicas: number;
  /** Absent when the broker does not tell this client. */
  readonly minInSyncReplicas?: number;
}

export interface KafkaState {
  /** Addresses of the given ones that did not answer, in their order. */
  readonly unreachable: readonly string[];
  /** Brokers that the cluster has now; 0 when nobody answered. */
  readonly brokerCount: number;
  /** Topics, with those of dead letters, that are not there. */
  readonly missing: readonly string[];
  readonly topics: readonly TopicState[];
}

export interface KafkaToInspect {
  readonly brokers: readonly string[];
  readonly prefix: string;
  readonly topics: readonly TopicOptions[];
}

/** Each is asked by a connection of its own. */
const MAX_BROKERS_ASKED = 16;

/** Looks at a cluster as a person would before a start; changes nothing. Rejects when it is there and does not tell. */
export async function inspectKafka({ brokers, prefix, topics }: KafkaToInspect): Promise<KafkaState> {
  const asked = brokers.slice(0, MAX_BROKERS_ASKED);
  const answers = await Promise.all(asked.map((broker) => answering(broker, prefix)));
  const unreachable = asked.filter((_, at) => answers[at] === undefined);
  const admins = answers.filter((answer) => answer !== undefined);
  const [admin] = admins;
  try {
    if (admin === undefined) return { unreachable, brokerCount: 0, missing: [], topics: [] };
    const wanted = topics.flatMap(({ name }) => [prefix + name, prefix + deadLetterTopicOf(name)]);
    return { unreachable, ...(await clusterOf(admin, [...new Set(wanted)])) };
  } finally {
    await Promise.all(admins.map((one) => one.disconnect()));
  }
}

/** @returns a connection, or nothing when the broker did not answer after the tries of every client of ours */
async function answering(broker: string, prefix: string): Promise<Admin | undefined> {
  const admin = connectKafka(
    { brokers: [broker], service: "portcullis", prefix },
    createLog("kafka", "silent"),
  ).admin();
  try {
    await admin.connect();
    return admin;
  } catch {
    // Why is in the network, and every broker that is away says the same.
    await admin.disconnect();
    return undefined;
  }
}

async function clusterOf(admin: Admin, wanted: readonly string[]): Promise<Omit<KafkaState, "unreachable">> {
  const { brokers } = await admin.describeCluster();
  const there = new Set(await admin.listTopics());
  const found = wanted.filter((topic) => there.has(topic));
  const missing = wanted.filter((topic) => !there.has(topic));
  if (found.length === 0) return { brokerCount: brokers.length, missing, topics: [] };
  const { topics } = await admin.fetchTopicMetadata({ topics: found });
  const minimums = await minInSyncReplicas(admin, found);
  const states = topics.map(({ name, partitions }): TopicState => {
    const least = minimums.get(name);
    const replicas = Math.min(...partitions.map((partition) => partition.replicas.length));
    return { name, replicas, ...(least === undefined ? {} : { minInSyncReplicas: least }) };
  });
  return { brokerCount: brokers.length, missing, topics: states };
}

/** Empty when this client may not ask for configurations: a service needs no such right. */
async function minInSyncReplicas(admin: Admin, topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const configNames = ["min.insync.replicas"];
  const resources = topics.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name, configNames }));
  const described = await admin.describeConfigs({ includeSynonyms: false, resources }).catch(() => undefined);
  const found = new Map<string, number>();
  for (const { resourceName, configEntries } of described?.resources ?? []) {
    const value = Number(configEntries.find(({ configName }) => configName === configNames[0])?.configValue);
    if (Number.isInteger(value)) found.set(resourceName, value);
  }
  return found;
}
