import { Redis } from "ioredis";
import kafkajs from "kafkajs";
import pg from "pg";

/** Puts a text where a search for secrets must find it, so that the search is known to be able to. */
export async function plantInKafka(brokers: readonly string[], text: string): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: "planted", numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  const messages = [
    { key: text, value: "key" },
    { value: Buffer.from(`value ${text}`) },
    { value: "header", headers: { password: text } },
  ];
  await producer.send({ topic: "planted", messages });
  await producer.disconnect();
}

/** In a key, and in a value of every type. */
export async function plantInRedis(url: string, text: string): Promise<void> {
  const redis = new Redis(url);
  try {
    await redis.set(`planted ${text}`, "");
    await redis.set("planted-string", text);
    await redis.hset("planted-hash", "field", text);
    await redis.rpush("planted-list", text);
    await redis.sadd("planted-set", text);
    await redis.zadd("planted-zset", 1, text);
    await redis.xadd("planted-stream", "*", "field", text);
  } finally {
    redis.disconnect();
  }
}

export async function plantInPostgres(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("create table public.planted (text text, octets bytea)");
    await client.query("insert into public.planted values ($1, convert_to($1, 'utf8'))", [text]);
  } finally {
    await client.end();
  }
}
