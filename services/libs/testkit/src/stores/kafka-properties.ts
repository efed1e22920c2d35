import { LOOPBACK } from "./server.js";

export interface KafkaNode {
  /** Where the log segments go. */
  readonly dir: string;
  readonly port: number;
  readonly controllerPort: number;
  /** Over the ones below. */
  readonly properties: Readonly<Record<string, string>>;
}

/** The text of server.properties for one node that is broker and controller. */
export function kafkaProperties({ dir, port, controllerPort, properties }: KafkaNode): string {
  const all: Record<string, string> = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.quorum.voters": `1@${LOOPBACK}:${controllerPort}`,
    listeners: `PLAINTEXT://${LOOPBACK}:${port},CONTROLLER://${LOOPBACK}:${controllerPort}`,
    "controller.listener.names": "CONTROLLER",
    "log.dirs": dir,
    "num.partitions": "4",
    "auto.create.topics.enable": "false",
    ...SINGLE_BROKER,
    ...QUICK,
    ...properties,
  };
  return Object.entries(all)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}

/** Kafka's own topics want three brokers by default. */
const SINGLE_BROKER = {
  "offsets.topic.replication.factor": "1",
  "offsets.topic.num.partitions": "4",
  "transaction.state.log.replication.factor": "1",
  "transaction.state.log.min.isr": "1",
  "transaction.state.log.num.partitions": "4",
  "share.coordinator.state.topic.replication.factor": "1",
  "share.coordinator.state.topic.min.isr": "1",
};

/** The short broker session makes a killed and restarted broker usable after 5 s instead of 15 s. */
const QUICK = {
  "group.initial.rebalance.delay.ms": "0",
  "group.min.session.timeout.ms": "3000",
  "group.coordinator.append.linger.ms": "0",
  "broker.session.timeout.ms": "1500",
  "broker.heartbeat.interval.ms": "300",
  "log.cleaner.dedupe.buffer.size": "10485760",
};

/** Warnings and errors on standard output; without a configuration Log4j prints errors only. */
export function loggingConfiguration(): string {
  return [
    "rootLogger.level = warn",
    "rootLogger.appenderRef.out.ref = out",
    "appender.out.type = Console",
    "appender.out.name = out",
    "appender.out.layout.type = PatternLayout",
    "appender.out.layout.pattern = %d{HH:mm:ss.SSS} %p %c{1}: %m%n",
    "",
  ].join("\n");
}
