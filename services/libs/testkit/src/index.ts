export { type EventuallyOptions, eventually, sleepMs } from "./eventually.js";
export { freePort } from "./free-port.js";
export { childrenOf, isAlive } from "./process/process-tree.js";
export { type ProcessExit, type ProcessOptions, type StartedProcess, startProcess } from "./process/started-process.js";
export { type SeededRandom, seededRandom } from "./seeded-random.js";
export { type KafkaOptions, type KafkaServer, startKafka } from "./stores/kafka.js";
export { POSTGRES_USER, type PostgresOptions, type PostgresServer, startPostgres } from "./stores/postgres.js";
export { REDIS_DATABASES, type RedisOptions, type RedisServer, startRedis } from "./stores/redis.js";
export type { Server, ServerOptions } from "./stores/server.js";
