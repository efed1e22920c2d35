import { existsSync } from "node:fs";
import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { childrenOf, isAlive } from "../process/process-tree.js";
import { startPostgres } from "./postgres.js";

describe("startPostgres", () => {
  it("keeps committed rows over a SIGKILL and loses what was not committed, on the same port", async () => {
    await using postgres = await startPostgres();
    const url = await postgres.createDatabase("ledger");
    const client = await connect(url);
    await client.query("create table entry (id int primary key)");
    await client.query("insert into entry select generate_series(1, 500)");
    await client.query("begin");
    await client.query("insert into entry values (1000)");
    const backends = childrenOf(postgres.process.pid);
    expect(backends.length).toBeGreaterThan(3);
    await postgres.kill();
    expect(backends.filter(isAlive)).toEqual([]);
    await postgres.restart();
    const again = await connect(url);
    expect((await again.query("select count(*)::int as count, max(id) as max from entry")).rows).toEqual([
      { count: 500, max: 500 },
    ]);
    await again.end();
  });

  it("comes back although a backend was busy when it was killed", async () => {
    await using postgres = await startPostgres();
    const client = await connect(postgres.url);
    const busy = client.query("select pg_sleep(300)").catch((error: Error) => error.message);
    await postgres.kill();
    expect(await busy).toMatch(/terminated|closed|ECONNRESET/i);
    await postgres.restart();
    const again = await connect(postgres.url);
    expect((await again.query("show fsync")).rows).toEqual([{ fsync: "on" }]);
    await again.end();
  });

  it("leaves no process and no folder when stopped, clients connected or not", async () => {
    const postgres = await startPostgres({ settings: { application_name: "of-the-test" } });
    const client = await connect(postgres.url);
    expect((await client.query("show application_name")).rows).toEqual([{ application_name: "of-the-test" }]);
    const all = [postgres.process.pid, ...childrenOf(postgres.process.pid)];
    await postgres.stop();
    expect(all.filter(isAlive)).toEqual([]);
    expect(existsSync(postgres.dir)).toBe(false);
  });
});

async function connect(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}
