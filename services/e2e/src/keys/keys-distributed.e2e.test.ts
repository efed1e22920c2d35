import { SEALED_COLUMNS_SQL } from "@portcullis/testkit";
import pg from "pg";
import { expect } from "vitest";
import { SERVICES } from "../distributed/service-process.js";
import { type ProductUnderTest, startDistributedProduct } from "../harness/product-under-test.js";
import { describeKeys } from "./keys-behaviour.js";

describeKeys("distributed", startDistributedProduct, expectEveryColumnIsCovered);

/** What stands in PostgreSQL, against what the services say that they seal again. */
async function expectEveryColumnIsCovered(product: ProductUnderTest): Promise<void> {
  const client = new pg.Client({ connectionString: product.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(SEALED_COLUMNS_SQL);
  await client.end();
  const reports = await Promise.all(SERVICES.map((service) => product.call(service, "/internal/keys")));
  const covers = reports.flatMap(({ body }) => (JSON.parse(body) as { covers: string[] }).covers);
  expect(rows.length).toBeGreaterThan(0);
  expect(covers).toEqual(expect.arrayContaining(rows.map(({ name }) => name)));
}
