import { openPglite, query } from "@portcullis/kit";
import {
  contentsOfFolder,
  contentsOfKafka,
  contentsOfPostgres,
  contentsOfRedis,
  contentsOfTables,
  type StoredContent,
} from "@portcullis/testkit";
import type { ProductUnderTest } from "../harness/product-under-test.js";
import type { SpanCollector } from "../traces/span-collector.js";

/** Places that a run leaves something in, each looked at as raw as it can be had. */
export class WhereItRan {
  readonly #product: ProductUnderTest;
  readonly #collector: SpanCollector;
  readonly #printed: readonly string[];

  constructor(product: ProductUnderTest, collector: SpanCollector, printed: readonly string[]) {
    this.#product = product;
    this.#collector = collector;
    this.#printed = printed;
  }

  /** What goes by: pending state and tables as they are at this moment. */
  async passing(): Promise<StoredContent[]> {
    const { stores, databaseUrl } = this.#product;
    if (stores === undefined || databaseUrl === undefined) return [];
    return [...(await contentsOfRedis(stores.redis.url)), ...(await contentsOfPostgres(databaseUrl))];
  }

  /** What is left; the embedded product must have ended, so that its database can be opened. */
  async left(): Promise<StoredContent[]> {
    const { stores, dataFolder, keysFile, logFolder } = this.#product;
    const traces = this.#collector.bodies.map((octets, at) => ({ place: `trace export ${at}`, octets }));
    const printed = this.#printed.map((text, at) => ({ place: `printed by command ${at}`, octets: Buffer.from(text) }));
    const common = [...traces, ...printed, ...(await contentsOfFolder(logFolder))];
    if (dataFolder !== undefined) {
      const tables = await withPglite(dataFolder, contentsOfTables);
      return [...common, ...tables, ...(await contentsOfFolder(dataFolder, (path) => path === keysFile))];
    }
    if (stores === undefined) throw new Error("neither a data folder nor stores");
    const { kafka, redis, postgres } = stores;
    // As they are on the disk too: what was removed or overwritten meanwhile stands in their logs.
    const folders = await Promise.all([kafka.dir, redis.dir, postgres.dir].map((dir) => contentsOfFolder(dir)));
    return [...common, ...(await contentsOfKafka(kafka.brokers)), ...(await this.passing()), ...folders.flat()];
  }
}

type AskTables<Result> = (
  sql: (text: string) => Promise<readonly Readonly<Record<string, unknown>>[]>,
) => Promise<Result>;

/** Asks the database of an embedded product that does not run. */
export async function withPglite<Result>(dataFolder: string, ask: AskTables<Result>): Promise<Result> {
  const databases = await openPglite(`${dataFolder}/database`);
  try {
    const db = await databases.open<never>("looked_at", {});
    return await ask((text) => query(db, text, []));
  } finally {
    await databases.close();
  }
}
