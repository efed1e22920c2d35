import {
  type KafkaServer,
  type PostgresServer,
  type RedisServer,
  startKafka,
  startPostgres,
  startRedis,
} from "@portcullis/testkit";

/** The real stores of a distributed installation on this machine. */
export interface Stores {
  readonly kafka: KafkaServer;
  readonly redis: RedisServer;
  readonly postgres: PostgresServer;
  stop(): Promise<void>;
}

export async function startStores(): Promise<Stores> {
  const [kafka, redis, postgres] = await Promise.all([
    startKafka(),
    startRedis({ appendfsync: "always" }),
    startPostgres(),
  ]);
  return {
    kafka,
    redis,
    postgres,
    stop: async () => {
      await Promise.all([kafka.stop(), redis.stop(), postgres.stop()]);
    },
  };
}
