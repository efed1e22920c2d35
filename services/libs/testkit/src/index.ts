export { type EventuallyOptions, eventually, sleepMs } from "./eventually.js";
export { freePort } from "./free-port.js";
export { childrenOf, isAlive } from "./process/process-tree.js";
export { type ProcessExit, type ProcessOptions, type StartedProcess, startProcess } from "./process/started-process.js";
export { type Folder, folderFor } from "./process/temporary-folder.js";
export { type FreeradiusOptions, type FreeradiusServer, startFreeradius } from "./radius/freeradius.js";
export type { FreeradiusClient } from "./radius/freeradius-configuration.js";
export { type SeededRandom, seededRandom } from "./seeded-random.js";
export {
  contentsOfFolder,
  contentsOfKafka,
  contentsOfPostgres,
  contentsOfRedis,
  contentsOfTables,
  type StoredContent,
} from "./stores/contents.js";
export { type KafkaOptions, type KafkaServer, startKafka } from "./stores/kafka.js";
export { plantInKafka, plantInPostgres, plantInRedis } from "./stores/plant.js";
export { POSTGRES_USER, type PostgresOptions, type PostgresServer, startPostgres } from "./stores/postgres.js";
export { REDIS_DATABASES, type RedisOptions, type RedisServer, startRedis } from "./stores/redis.js";
export { SEALED_COLUMNS_SQL } from "./stores/sealed-columns.js";
export type { Server, ServerOptions } from "./stores/server.js";
