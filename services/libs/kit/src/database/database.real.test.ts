import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PostgresServer, startPostgres } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { isUnavailable } from "../unavailable.js";
import { describeDatabases, migrations, SCHEMA } from "./database.contract.js";
import { type Database, type Databases, openPglite, openPostgres, query } from "./database.js";

let server: PostgresServer;
const folder = mkdtempSync(join(tmpdir(), "portcullis-pglite-"));
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const ignore = (): void => undefined;
let names = 0;
const newDatabase = (): Promise<string> => server.createDatabase(`kit${++names}`);

describeDatabases("PGlite", () => openPglite(join(folder, "data")));
describeDatabases("PostgreSQL", async () => openPostgres(await newDatabase(), ignore));

describe("openPglite", () => {
  it("keeps what was written over its end", async () => {
    const path = join(folder, "kept");
    const first = await openPglite(path);
    const db = await first.open<never>(SCHEMA, migrations);
    await query(db, `insert into ${SCHEMA}.account values ($1, $2)`, ["a", 1]);
    await first.close();
    const second = await openPglite(path);
    const again = await second.open<never>(SCHEMA, migrations);
    expect(await query(again, `select balance from ${SCHEMA}.account`, [])).toEqual([{ balance: 1 }]);
    await expect(second.close().then(() => query(again, "select 1", []))).rejects.toThrow();
  });
});

describe("openPostgres", () => {
  const opened: Databases[] = [];
  const open = (url: string): Databases => {
    const databases = openPostgres(url, ignore);
    opened.push(databases);
    return databases;
  };
  afterAll(() => Promise.all(opened.map((databases) => databases.close())));

  it("lets replicas that start at once migrate once", async () => {
    const url = await newDatabase();
    const replicas = await Promise.all([1, 2, 3, 4].map(() => open(url).open<never>(SCHEMA, migrations)));
    for (const db of replicas)
      expect(await query(db, `select count(*)::int as n from ${SCHEMA}.account`, [])).toEqual([{ n: 0 }]);
  });

  it("gives a lock to one, and to the next when its holder ends or gives it up", async () => {
    const url = await newDatabase();
    const [first, second, third] = [open(url), open(url), open(url)];
    const holder = new AbortController();
    await first.holdLock("import", holder.signal);
    await first.holdLock("another", holder.signal);
    let isSecond = false;
    const waiting = second.holdLock("import", new AbortController().signal).then(() => {
      isSecond = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(isSecond).toBe(false);
    holder.abort();
    await waiting;
    const impatient = new AbortController();
    const never = third.holdLock("import", impatient.signal);
    impatient.abort();
    await expect(never).rejects.toThrow("Stopped while waiting for the lock import.");
    const last = third.holdLock("import", new AbortController().signal);
    await second.close();
    opened.splice(opened.indexOf(second), 1);
    await last;
  });

  it("comes back by itself when the server was killed, and its errors meanwhile mean: away", async () => {
    const url = await newDatabase();
    const db = await open(url).open<never>(SCHEMA, migrations);
    const errors: unknown[] = [];
    let isOver = false;
    const asking = (async () => {
      while (!isOver) {
        const tries = Array.from({ length: 10 }, () =>
          query(db, `select pg_sleep(0.01) from (select count(*) from ${SCHEMA}.account) as a`, []).catch(
            (error: unknown) => errors.push(error),
          ),
        );
        await Promise.all(tries);
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await server.kill();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await server.restart();
    await vi.waitFor(() => query(db, "select 1", []), { timeout: 10_000 });
    isOver = true;
    await asking;
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.filter((error) => !isUnavailable(error))).toEqual([]);
    expect(await query(db, "select 1 as one", [])).toEqual([{ one: 1 }]);
  });

  it("takes its lock again after the server was killed", async () => {
    const url = await newDatabase();
    const [holder, other] = [open(url), open(url)];
    const ended = new AbortController();
    await holder.holdLock("import", ended.signal);
    await server.kill();
    await server.restart();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    let isOther = false;
    const waiting = other.holdLock("import", new AbortController().signal).then(() => {
      isOther = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(isOther).toBe(false);
    ended.abort();
    await waiting;
  });

  it("waits at the start for a server that is not there yet", async () => {
    const url = await newDatabase();
    const complaints: Error[] = [];
    await server.kill();
    const databases = openPostgres(url, (error) => void complaints.push(error));
    opened.push(databases);
    const opening = databases.open<never>(SCHEMA, migrations);
    await vi.waitFor(() => expect(complaints.length).toBeGreaterThan(0), { timeout: 10_000 });
    await server.restart();
    const db = await opening;
    expect(await query(db, "select 1 as one", [])).toEqual([{ one: 1 }]);
  });

  it("does not wait for what will not come: a migration that is wrong", async () => {
    const wrong = {
      "001-wrong": { up: (all: Database<never>) => query(all, "create table nowhere.t ()", []).then(ignore) },
    };
    await expect(open(await newDatabase()).open(SCHEMA, wrong as never)).rejects.toMatchObject({ code: "3F000" });
  });
});
