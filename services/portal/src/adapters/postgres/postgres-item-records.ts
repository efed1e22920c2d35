import type { Database } from "@portcullis/kit";
import type { ItemRecords } from "../../application/ports.js";
import type { ItemKind, ItemRecord } from "../../domain/configuration-item.js";

export interface Tables {
  items: { kind: ItemKind; name: string; generation: number; digest: string };
}

export class PostgresItemRecords implements ItemRecords {
  readonly #db: Database<Tables>;

  constructor(db: Database<Tables>) {
    this.#db = db;
  }

  list(): Promise<readonly ItemRecord[]> {
    return this.#db.selectFrom("items").selectAll().execute();
  }

  async put(records: readonly ItemRecord[]): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      for (const record of records) {
        const { generation, digest } = record;
        await transaction
          .insertInto("items")
          .values({ ...record })
          .onConflict((conflict) => conflict.columns(["kind", "name"]).doUpdateSet({ generation, digest }))
          .execute();
      }
    });
  }

  async remove(records: readonly ItemRecord[]): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      for (const { kind, name } of records) {
        await transaction.deleteFrom("items").where("kind", "=", kind).where("name", "=", name).execute();
      }
    });
  }
}
