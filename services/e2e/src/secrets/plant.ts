import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { plantInKafka, plantInPostgres, plantInRedis } from "@portcullis/testkit";
import type { ProductUnderTest } from "../harness/product-under-test.js";
import { withPglite } from "./where-it-ran.js";

/** Puts a secret into every place that is looked at. @returns a pattern for each place in which it must be found */
export async function plant(product: ProductUnderTest, tracesUrl: string, secret: string): Promise<RegExp[]> {
  const { stores, dataFolder, databaseUrl, logFolder } = product;
  appendFileSync(join(logFolder, "planted.log"), `{"password":"${secret}"}\n`);
  await fetch(tracesUrl, { method: "POST", body: JSON.stringify({ resourceSpans: [], planted: secret }) });
  const common = [/^file .*planted\.log$/, /^trace export/];
  if (dataFolder !== undefined) {
    writeFileSync(join(dataFolder, "planted"), Buffer.from(secret).toString("base64"));
    await withPglite(dataFolder, async (sql) => {
      await sql("create table looked_at.planted (text text, octets bytea)");
      await sql(`insert into looked_at.planted values ('${secret}', convert_to('${secret}', 'utf8'))`);
    });
    const inFolder = [/^file .*data\/planted$/, /^file .*data\/database\//];
    return [...common, ...inFolder, /^table looked_at\.planted, text$/, /^table looked_at\.planted, octets$/];
  }
  if (stores === undefined || databaseUrl === undefined) throw new Error("neither a data folder nor stores");
  await plantInKafka(stores.kafka.brokers, secret);
  await plantInRedis(stores.redis.url, secret);
  await plantInPostgres(databaseUrl, secret);
  const types = ["string", "hash", "list", "set", "zset", "stream"].map(
    (type) => new RegExp(`^Redis planted-${type}$`),
  );
  const records = [/^Kafka planted offset \d+$/, /^Kafka planted .* its key$/, /^Kafka planted .* header password$/];
  const tables = [/^table public\.planted, text$/, /^table public\.planted, octets$/];
  return [...common, ...records, ...types, /^Redis planted .* the key$/, ...tables, /^file .*appendonly/];
}
