import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Redis } from "ioredis";
import kafkajs from "kafkajs";
import pg from "pg";

/** Something that is stored, as octets, and where: for tests that look what stands in a store. */
export interface StoredContent {
  readonly place: string;
  readonly octets: Buffer;
}

const KAFKA_LIMIT_MS = 60_000;
const REDIS_PAGE = 1_000;

/** Keys, values and headers of all records of all topics but the broker's own. */
export async function contentsOfKafka(brokers: readonly string[]): Promise<StoredContent[]> {
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const missing = await endsOf(kafka);
  const found: StoredContent[] = [];
  if (missing.size === 0) return found;
  const consumer = kafka.consumer({ groupId: `contents.${randomUUID()}`, maxWaitTimeInMs: 200 });
  const read = Promise.withResolvers<void>();
  const limit = setTimeout(() => read.reject(new Error(`not read: ${[...missing.keys()].join()}`)), KAFKA_LIMIT_MS);
  try {
    await consumer.connect();
    await consumer.subscribe({
      topics: [...new Set([...missing.values()].map(({ topic }) => topic))],
      fromBeginning: true,
    });
    await consumer.run({
      autoCommit: false,
      eachBatch: ({ batch }) => {
        for (const { key, value, headers = {}, offset } of batch.messages) {
          const place = `Kafka ${batch.topic} offset ${offset}`;
          if (key !== null) found.push({ place: `${place}, its key`, octets: key });
          if (value !== null) found.push({ place, octets: value });
          for (const [name, header] of Object.entries(headers)) {
            found.push({ place: `${place}, header ${name}`, octets: Buffer.from([name, header].flat().join("\n")) });
          }
        }
        const partition = `${batch.topic}/${batch.partition}`;
        if (Number(batch.lastOffset()) + 1 >= (missing.get(partition)?.end ?? 0)) missing.delete(partition);
        if (missing.size === 0) read.resolve();
        return Promise.resolve();
      },
    });
    await read.promise;
  } finally {
    clearTimeout(limit);
    await consumer.disconnect();
  }
  return found;
}

async function endsOf(kafka: kafkajs.Kafka): Promise<Map<string, { topic: string; end: number }>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const ends = new Map<string, { topic: string; end: number }>();
    for (const topic of (await admin.listTopics()).filter((name) => !name.startsWith("__"))) {
      for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) {
        if (Number(high) > Number(low)) ends.set(`${topic}/${partition}`, { topic, end: Number(high) });
      }
    }
    return ends;
  } finally {
    await admin.disconnect();
  }
}

/** All keys of a Redis database with their values, whatever their type. Throws for a type that it does not know. */
export async function contentsOfRedis(url: string): Promise<StoredContent[]> {
  const redis = new Redis(url);
  const found: StoredContent[] = [];
  try {
    for (let cursor = "0"; ; ) {
      const [next, keys] = await redis.scanBuffer(cursor, "COUNT", REDIS_PAGE);
      for (const key of keys) {
        const place = `Redis ${key.toString()}`;
        found.push({ place: `${place}, the key`, octets: key });
        for (const octets of await valuesOf(redis, key)) found.push({ place, octets });
      }
      cursor = next.toString();
      if (cursor === "0") return found;
    }
  } finally {
    redis.disconnect();
  }
}

async function valuesOf(redis: Redis, key: Buffer): Promise<readonly Buffer[]> {
  const type = await redis.type(key);
  switch (type) {
    case "none": // Expired since it was listed.
      return [];
    case "string":
      return [(await redis.getBuffer(key)) ?? Buffer.alloc(0)];
    case "hash":
      return buffersIn(await redis.callBuffer("HGETALL", key));
    case "list":
      return redis.lrangeBuffer(key, 0, -1);
    case "set":
      return redis.smembersBuffer(key);
    case "zset":
      return redis.zrangeBuffer(key, "0", "-1");
    case "stream":
      return buffersIn(await redis.callBuffer("XRANGE", key, "-", "+"));
    default:
      throw new Error(`a Redis key has the type ${type}`);
  }
}

function buffersIn(reply: unknown): Buffer[] {
  if (Buffer.isBuffer(reply)) return [reply];
  return Array.isArray(reply) ? reply.flatMap(buffersIn) : [];
}

type Rows = readonly Readonly<Record<string, unknown>>[];

/** Every row of every table of every schema but the server's own, column by column. */
export async function contentsOfPostgres(url: string): Promise<StoredContent[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await contentsOfTables(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows);
  } finally {
    await client.end();
  }
}

/** The same of whatever answers SQL. */
export async function contentsOfTables(query: (sql: string) => Promise<Rows>): Promise<StoredContent[]> {
  const columns = await query(`
    select c.table_schema as schema, c.table_name as table, c.column_name as column, c.data_type as type
      from information_schema.columns c
      join information_schema.tables t using (table_schema, table_name)
     where t.table_type = 'BASE TABLE' and c.table_schema not in ('pg_catalog', 'information_schema')`);
  const found: StoredContent[] = [];
  for (const { schema, table, column, type } of columns as readonly Readonly<Record<string, string>>[]) {
    const text = type === "bytea" ? `encode("${column}", 'hex')` : `"${column}"::text`;
    const rows = await query(`select ${text} as value from "${schema}"."${table}" where "${column}" is not null`);
    for (const { value } of rows as readonly { value: string }[]) {
      const octets = Buffer.from(value, type === "bytea" ? "hex" : "utf8");
      found.push({ place: `table ${schema}.${table}, ${column}`, octets });
    }
  }
  return found;
}

/** Every file in a folder and what is below it; what a running server removes meanwhile is passed over. @param isLeftOut by the path */
export async function contentsOfFolder(
  path: string,
  isLeftOut: (path: string) => boolean = () => false,
): Promise<StoredContent[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents: StoredContent[] = [];
  for (const file of files.filter((one) => !isLeftOut(one))) {
    const octets = await readFile(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
    if (octets !== undefined) contents.push({ place: `file ${file}`, octets });
  }
  return contents;
}
