import { topics as authnPrimary } from "@portcullis/authn-primary";
import { topics as challengeOrchestrator } from "@portcullis/challenge-orchestrator";
import { topics as directorySync } from "@portcullis/directory-sync";
import { topics as fraudReporter } from "@portcullis/fraud-reporter";
import { inspectKafka, type KafkaState, type TopicState } from "@portcullis/kit";
import { topics as mobile } from "@portcullis/mobile";
import { topics as portal } from "@portcullis/portal";
import { topics as radiusGateway } from "@portcullis/radius-gateway";
import type { Check, Finding } from "../check.js";
import { count, listOf } from "../words.js";

const LIMIT_MS = 30_000;
/** With this many replicas one broker may be away while another is repaired. */
const ADVISED_REPLICAS = 3;
const NAMES_SHOWN = 3;

interface TopicSettings {
  readonly createTopics: boolean;
  /** Of topics that the services make. */
  readonly replication: number;
}

/** The events' brokers and topics in the distributed mode. */
export const kafkaCheck: Check = {
  name: "Kafka",
  limitMs: LIMIT_MS,
  run: async ({ settings }) => {
    const brokers = settings.PORTCULLIS_KAFKA_BROKERS;
    if (brokers === undefined) return [];
    const topics = [
      portal,
      directorySync,
      authnPrimary,
      challengeOrchestrator,
      fraudReporter,
      mobile,
      radiusGateway,
    ].flat();
    try {
      const state = await inspectKafka({ brokers, prefix: settings.PORTCULLIS_KAFKA_PREFIX, topics });
      return kafkaFindings(state, {
        createTopics: settings.PORTCULLIS_KAFKA_CREATE_TOPICS === "true",
        replication: settings.PORTCULLIS_KAFKA_REPLICATION,
      });
    } catch {
      return [silentCluster(brokers)];
    }
  },
};

/** The first address answers, and the cluster behind it does not: as a rule, the addresses that it tells its clients. */
function silentCluster(brokers: readonly string[]): Finding {
  return {
    level: "error",
    what: `Kafka takes connections at ${listOf(brokers)}, but the cluster does not answer.`,
    todo: "Can this machine reach the addresses that the brokers tell (advertised.listeners), and is there a controller?",
  };
}

export function kafkaFindings(state: KafkaState, settings: TopicSettings): Finding[] {
  const { brokerCount, unreachable, topics } = state;
  const away = listOf(unreachable);
  if (brokerCount === 0) {
    const todo = "Is Kafka running there, and does every firewall between let this machine through?";
    return [{ level: "error", what: `No broker of Kafka answers at ${away}.`, todo }];
  }
  const found: Finding[] = [];
  if (unreachable.length > 0) {
    const todo = "Start it, or take it out of PORTCULLIS_KAFKA_BROKERS.";
    found.push({ level: "warning", what: `Kafka does not answer at ${away}; other brokers do.`, todo });
  }
  found.push(...missingTopics(state, settings), ...replicationFindings(topics, brokerCount));
  if (found.some(({ level }) => level !== "hint")) return found;
  const what = `${count(brokerCount, "broker")} ${brokerCount === 1 ? "answers" : "answer"}; ${count(topics.length, "topic")} there.`;
  return [{ level: "ok", what }, ...found];
}

function missingTopics({ missing, brokerCount }: KafkaState, { createTopics, replication }: TopicSettings): Finding[] {
  if (missing.length === 0) return [];
  const names = listOf(missing, NAMES_SHOWN);
  if (!createTopics) {
    const todo = "Make them (docs/reference/events.md), or set PORTCULLIS_KAFKA_CREATE_TOPICS=true.";
    return [{ level: "error", what: `Topics are missing, and services may not make them: ${names}.`, todo }];
  }
  if (replication > brokerCount) {
    return [
      {
        level: "error",
        what: `Services cannot make the missing topics: ${replication} replicas are wanted, and there ${brokerCount === 1 ? "is" : "are"} ${count(brokerCount, "broker")}.`,
        todo: "Start more brokers, or lower PORTCULLIS_KAFKA_REPLICATION.",
      },
    ];
  }
  const todo = "Nothing: services make them at their start.";
  return [{ level: "hint", what: `${count(missing.length, "topic")} not there yet: ${names}.`, todo }];
}

function replicationFindings(topics: readonly TopicState[], brokerCount: number): Finding[] {
  const namesOf = (wrong: (topic: TopicState) => boolean): string[] => topics.filter(wrong).map(({ name }) => name);
  const leastOf = ({ minInSyncReplicas }: TopicState): number => minInSyncReplicas ?? 1;
  const unwritable = namesOf((topic) => leastOf(topic) > topic.replicas);
  const brittle = namesOf((topic) => topic.replicas > 1 && leastOf(topic) === topic.replicas);
  const wanted = Math.min(ADVISED_REPLICAS, brokerCount);
  const few = namesOf((topic) => topic.replicas < wanted);
  const unsafe = namesOf((topic) => topic.replicas >= ADVISED_REPLICAS && topic.minInSyncReplicas === 1);
  const candidates: (readonly [names: readonly string[], finding: Finding])[] = [
    [
      unwritable,
      {
        level: "error",
        what: `Nothing can be written to ${listOf(unwritable, NAMES_SHOWN)}: min.insync.replicas is larger than the number of replicas.`,
        todo: "Give these topics more replicas (kafka-reassign-partitions), or lower min.insync.replicas; 3 and 2 are usual.",
      },
    ],
    [
      brittle,
      {
        level: "warning",
        what: `One broker away stops ${listOf(brittle, NAMES_SHOWN)}: min.insync.replicas equals the number of replicas.`,
        todo: "Set min.insync.replicas one lower than the replicas; 3 and 2 are usual.",
      },
    ],
    [
      few,
      {
        level: "warning",
        what: `Fewer than ${wanted} replicas, though there are ${count(brokerCount, "broker")}: ${listOf(few, NAMES_SHOWN)}.`,
        why: "A broker that is lost stops logins, or takes their events along.",
        todo: "Give these topics more replicas (kafka-reassign-partitions), and set PORTCULLIS_KAFKA_REPLICATION for new ones.",
      },
    ],
    [
      unsafe,
      {
        level: "warning",
        what: `What was acknowledged may be lost on ${listOf(unsafe, NAMES_SHOWN)}: min.insync.replicas is 1.`,
        todo: "Set min.insync.replicas to 2 on these topics.",
      },
    ],
  ];
  const found = candidates.filter(([names]) => names.length > 0).map(([, finding]) => finding);
  return brokerCount === 1 ? [...found, SINGLE_BROKER] : found;
}

const SINGLE_BROKER: Finding = {
  level: "hint",
  what: "Kafka is one broker only.",
  why: "While it is away nobody logs in; when its disk is lost, so is what it held.",
  todo: "For production, three brokers: PORTCULLIS_KAFKA_REPLICATION=3 and min.insync.replicas=2.",
};
