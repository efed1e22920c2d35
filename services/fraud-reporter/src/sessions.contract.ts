import { type Database, type Databases, query } from "@portcullis/kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrations, SCHEMA } from "./adapters/postgres/migrations.js";
import { PostgresSessionStore } from "./adapters/postgres/postgres-session-store.js";
import { RecordSession } from "./application/record-session.js";
import type { SessionRecord } from "./domain/session.js";

const T = 1_790_000_000_000;
const ALL = 1_000;

function recordOf(sessionId: string, change: Partial<SessionRecord> = {}): SessionRecord {
  const status = change.status ?? "start";
  return {
    recordId: `${sessionId} ${status}`,
    client: "vpn",
    status,
    nas: "asa",
    sessionId,
    userName: "CORP\\Alice",
    station: "203.0.113.9",
    calledStation: "",
    framedAddress: "10.0.0.9",
    class: "c1a5",
    inputOctets: 0n,
    outputOctets: 0n,
    seconds: 0,
    terminateCause: 0,
    occurredAtMs: T,
    sourceAddress: "192.0.2.1",
    ...change,
  };
}

/** The sessions on a database: one row a session, whatever comes again, in batches, from two writers. */
export function describeSessions(
  name: string,
  open: () => Promise<{ databases: Databases; close(): Promise<void> }>,
): void {
  describe(`sessions on ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    let db: Database<never>;
    let store: PostgresSessionStore;

    beforeAll(async () => {
      opened = await open();
      db = await opened.databases.open<never>(SCHEMA, migrations);
      store = new PostgresSessionStore(db);
    });
    afterAll(() => opened.close());

    const rowsOf = async (nas: string) =>
      query<{ session_id: string; run: number }>(
        db,
        "select session_id, run from fraud_reporter.sessions where nas = $1 order by session_id, run",
        [nas],
      );
    const find = async (sessionId: string) => {
      const { open: running, closed } = await store.list(undefined, ALL);
      return [...running, ...closed].filter((session) => session.sessionId === sessionId);
    };

    it("keeps one row from Start to Stop, octets beyond 32 and 63 bits too", async () => {
      const most = 2n ** 64n - 1n;
      await store.apply([
        recordOf("s1"),
        recordOf("s1", { status: "interim", inputOctets: 5_000_000_000n, seconds: 60 }),
      ]);
      expect(await find("s1")).toMatchObject([
        { inputOctets: 5_000_000_000n, endedAtMs: undefined, userName: "CORP\\Alice" },
      ]);
      const stop = recordOf("s1", {
        status: "stop",
        inputOctets: most,
        seconds: 4_294_967_295,
        terminateCause: 1,
        occurredAtMs: T + 90_000,
      });
      await store.apply([stop]);
      await store.apply([stop, recordOf("s1")]);
      expect(await find("s1")).toMatchObject([
        { inputOctets: most, endedAtMs: T + 90_000, endedBy: "user-request", run: 1, class: "c1a5" },
      ]);
    });

    it("gives a later session of the same id a row of its own", async () => {
      const stop = recordOf("s2", { status: "stop", occurredAtMs: T + 1_000, nas: "reuse" });
      await store.apply([recordOf("s2", { nas: "reuse" }), stop]);
      await store.apply([recordOf("s2", { nas: "reuse", recordId: "another", occurredAtMs: T + 5_000 })]);
      expect(await rowsOf("reuse")).toEqual([
        { session_id: "s2", run: 1 },
        { session_id: "s2", run: 2 },
      ]);
    });

    it("ends what a NAS had open when it starts, of this client and NAS only, whatever begins later", async () => {
      const at = (nas: string, sessionId: string, occurredAtMs: number, client = "vpn") =>
        recordOf(sessionId, { nas, occurredAtMs, client });
      const on = recordOf("", { status: "nas-on", nas: "n1", occurredAtMs: T + 50_000 });
      await store.apply([at("n1", "a", T), at("n2", "b", T), at("n1", "c", T, "other"), on, at("n1", "d", T + 60_000)]);
      await store.apply([on]);
      expect(await find("a")).toMatchObject([{ endedAtMs: T, endedBy: "nas-on" }]);
      for (const still of ["b", "c", "d"]) expect(await find(still)).toMatchObject([{ endedAtMs: undefined }]);
      await store.apply([recordOf("", { status: "nas-off", nas: "n1", occurredAtMs: T + 70_000 })]);
      expect(await find("d")).toMatchObject([{ endedAtMs: T + 70_000, endedBy: "nas-off" }]);
    });

    it("takes hundreds at once from two writers, each record twice, and counts none twice", async () => {
      const writers = [new RecordSession(store), new RecordSession(new PostgresSessionStore(db))];
      const ids = Array.from({ length: 200 }, (_, index) => `m${index}`);
      const all = ids.flatMap((id) => [
        recordOf(id, { nas: "many" }),
        recordOf(id, { nas: "many", status: "stop", occurredAtMs: T + 1_000, inputOctets: 7n }),
      ]);
      await Promise.all(writers.flatMap((writer) => all.map((record) => writer.execute(record))));
      expect(await rowsOf("many")).toHaveLength(200);
      expect(await find("m77")).toMatchObject([{ inputOctets: 7n, endedAtMs: T + 1_000 }]);
    });

    it("lists by any form of the user's name, and counts what is open", async () => {
      await store.apply([recordOf("u1", { userName: "bob@corp.example" }), recordOf("u2", { userName: "BOB" })]);
      const listed = await store.list("CORP\\bob", 1);
      expect(listed.openCount).toBe(2);
      expect(listed.open).toHaveLength(1);
      expect((await store.list("nobody", ALL)).open).toEqual([]);
    });

    it("forgets what nobody has heard of for long, open or not, a few at a time", async () => {
      await store.apply([recordOf("old1", { occurredAtMs: 1_000 }), recordOf("old2", { occurredAtMs: 2_000 })]);
      expect(await store.forget(T, 1)).toBe(1);
      expect(await find("old1")).toEqual([]);
      expect(await store.forget(T, 10)).toBe(1);
      expect(await store.forget(T, 10)).toBe(0);
    });
  });
}
