import { createSecretKey, randomBytes } from "node:crypto";
import { openPglite, openPostgres, PooledRandom, query, Sealer, TableResealer } from "@portcullis/kit";
import { deviceSecretPlace, pushSubscriptionPlace } from "@portcullis/login";
import { SEALED_COLUMNS_SQL, startPostgres } from "@portcullis/testkit";
import { expect, it } from "vitest";
import { MIGRATIONS, SCHEMA } from "./migrations.js";
import { SEALED_TABLES } from "./sealed-tables.js";

const DEVICE = "d".repeat(32);
const OTHER = "e".repeat(32);
const USER = "a".repeat(32);
const INSERT = `
  insert into ${SCHEMA}.devices (device_id, user_id, generation, name, platform, key_x, key_y, active, sealed_oath_secret,
    sealed_subscription, created_at_ms, changed_at_ms, seen_at_ms)
  values ($1, $2, 1, 'n', 'p', 'x', 'y', true, $3, $4, 0, 0, 0)`;

async function open(kind: "PGlite" | "PostgreSQL") {
  if (kind === "PGlite") {
    const databases = await openPglite("memory://");
    return { databases, close: () => databases.close() };
  }
  const server = await startPostgres();
  const databases = openPostgres(server.url, () => undefined);
  const close = async () => {
    await databases.close();
    await server.stop();
  };
  return { databases, close };
}

it.each(["PGlite", "PostgreSQL"] as const)("a new key of the ring reaches every sealed column, on %s", async (kind) => {
  const { databases, close } = await open(kind);
  const db = await databases.open<never>(SCHEMA, MIGRATIONS);
  const key = () => createSecretKey(randomBytes(32));
  const [first, second] = [key(), key()];
  const ring = { active: 1, sealing: new Map([[1, first]]), digest: key(), audit: key() };
  const old = new Sealer(ring, new PooledRandom());
  const seal = (text: string, place: string) => old.seal(Buffer.from(text), place);
  const subscription = seal("endpoint", pushSubscriptionPlace(DEVICE));
  await query(db, INSERT, [DEVICE, USER, seal("secret", deviceSecretPlace(DEVICE, USER)), subscription]);
  await query(db, INSERT, [OTHER, USER, seal("other", deviceSecretPlace(OTHER, USER)), null]);
  const both = new Map([
    [1, first],
    [2, second],
  ]);
  const sealer = new Sealer({ ...ring, active: 2, sealing: both }, new PooledRandom());
  const resealer = new TableResealer({ service: "mobile", db, tables: SEALED_TABLES, sealer });
  const columns = await query<{ name: string }>(db, SEALED_COLUMNS_SQL, []);
  expect(resealer.covers.toSorted()).toEqual(columns.map(({ name }) => name));
  const outcome = await resealer.run(() => undefined, new AbortController().signal);
  expect(outcome).toEqual({ outcome: "done", moved: 3, unreadable: 0 });
  const after = new Sealer({ ...ring, active: 2, sealing: new Map([[2, second]]) }, new PooledRandom());
  const text = `select sealed_oath_secret, sealed_subscription from ${SCHEMA}.devices where device_id = $1`;
  const [row] = await query<{ sealed_oath_secret: Uint8Array; sealed_subscription: Uint8Array }>(db, text, [DEVICE]);
  const opened = (sealed: Uint8Array | undefined, place: string) =>
    after.open(sealed ?? new Uint8Array(), place)?.toString();
  expect(opened(row?.sealed_oath_secret, deviceSecretPlace(DEVICE, USER))).toBe("secret");
  expect(opened(row?.sealed_oath_secret, deviceSecretPlace(OTHER, USER))).toBeUndefined();
  expect(opened(row?.sealed_subscription, pushSubscriptionPlace(DEVICE))).toBe("endpoint");
  await close();
});
