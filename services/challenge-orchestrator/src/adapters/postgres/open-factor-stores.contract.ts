import { type Databases, query } from "@portcullis/kit";
import type { OpenedStores } from "../../application/factor-stores.contract.js";
import { MIGRATIONS, SCHEMA } from "./migrations.js";
import { PostgresBlockCopies } from "./postgres-block-copies.js";
import { PostgresBypasses } from "./postgres-bypasses.js";
import { PostgresDeviceCopies } from "./postgres-device-copies.js";
import { PostgresFactors } from "./postgres-factors.js";
import { PostgresPins } from "./postgres-pins.js";
import { PostgresRecoveryCodes } from "./postgres-recovery-codes.js";

const TABLES = ["users", "tokens", "devices", "pins", "recovery_codes", "bypasses"];

/** The stores of factors on a database, emptied for each test. */
export async function openFactorStores(databases: Databases, close: () => Promise<void>): Promise<OpenedStores> {
  const db = await databases.open<never>(SCHEMA, MIGRATIONS);
  const stores = {
    factors: new PostgresFactors(db),
    pins: new PostgresPins(db),
    bypasses: new PostgresBypasses(db),
    recoveryCodes: new PostgresRecoveryCodes(db),
    devices: new PostgresDeviceCopies(db),
    blocks: new PostgresBlockCopies(db),
  };
  return {
    empty: async () => {
      for (const table of TABLES) await query(db, `delete from ${SCHEMA}.${table}`, []);
      return stores;
    },
    close,
  };
}
