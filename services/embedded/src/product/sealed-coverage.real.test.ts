import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DescMessage } from "@bufbuild/protobuf";
import { ChallengeEnvironment, challengeSettings } from "@portcullis/challenge-orchestrator";
import { ConfigurationFile } from "@portcullis/configuration";
import { createLog, hasSealedFields, openPglite, query, topicOf } from "@portcullis/kit";
import { MobileEnvironment, mobileEnvironmentSettings } from "@portcullis/mobile";
import * as proto from "@portcullis/proto";
import { freePort, SEALED_COLUMNS_SQL } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDataFolder } from "./data-folder.js";
import { startProduct } from "./product.js";
import { askProduct } from "./running-product.js";

const yaml = (port: number): string => `radius: { listen: [{ address: 127.0.0.1, authPort: ${port} }] }
clients: []
targets: []
`;

/** Compacted topics with sealed fields, each with the schema of the service that owns its states. */
const OWNERS: Readonly<Record<string, string>> = {
  [topicOf(proto.ClientChangedSchema).name]: "portal",
  [topicOf(proto.TargetChangedSchema).name]: "portal",
  [topicOf(proto.SettingChangedSchema).name]: "portal",
  [topicOf(proto.DeviceChangedSchema).name]: "mobile",
};

/** Everything that is kept sealed, against what services say that they seal again. */
describe("a new key of the ring", () => {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-coverage-"));
  const data = join(folder, "data");
  let covers: readonly string[] = [];
  let columns: readonly string[] = [];
  let schemas: readonly string[] = [];

  beforeAll(async () => {
    writeFileSync(join(folder, "portcullis.yaml"), yaml(await freePort()));
    const log = createLog("test", "silent");
    const opened = await ConfigurationFile.open(join(folder, "portcullis.yaml"), { env: {}, log });
    if (!opened.ok) throw new Error(opened.failure.map(({ message }) => message).join());
    const challenges = challengeSettings(ChallengeEnvironment.parse({}));
    const devices = mobileEnvironmentSettings(MobileEnvironment.parse({}));
    const product = await startProduct({ ...opened.value, challenges, devices, folder: openDataFolder(data), log });
    ({ covers } = (await askProduct({ data }, "/internal/keys")) as { covers: readonly string[] });
    await product.stop();
    const databases = await openPglite(join(data, "database"));
    const db = await databases.open<never>("looked_at", {});
    const namesOf = async (sql: string) => (await query<{ name: string }>(db, sql, [])).map(({ name }) => name);
    columns = await namesOf(SEALED_COLUMNS_SQL);
    schemas = await namesOf("select nspname as name from pg_namespace");
    await databases.close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("reaches every sealed column of every table of every service", () => {
    expect(columns.length).toBeGreaterThan(0);
    const missing = columns.filter((name) => !covers.includes(name));
    expect(missing, "columns that no resealer names: add them to the service's SEALED_TABLES").toEqual([]);
  });

  it("reaches every compacted topic with sealed fields whose owner is there", () => {
    const exported: readonly unknown[] = Object.values(proto);
    const sealed = exported
      .filter(isEvent)
      .filter((schema) => topicOf(schema).retention === proto.Retention.COMPACTED && hasSealedFields(schema))
      .map((schema) => topicOf(schema).name);
    expect(
      sealed.filter((name) => OWNERS[name] === undefined),
      "topics that no owner was named for",
    ).toEqual([]);
    const owned = sealed.filter((name) => schemas.includes(OWNERS[name] ?? ""));
    expect(owned.length).toBeGreaterThan(0);
    const missing = owned.filter((name) => !covers.includes(name));
    expect(missing, "topics whose owner has no StateResealer").toEqual([]);
  });
});

function isEvent(exported: unknown): exported is DescMessage {
  if (typeof exported !== "object" || exported === null || !("kind" in exported) || exported.kind !== "message")
    return false;
  try {
    return topicOf(exported as DescMessage).name !== "";
  } catch {
    return false; // A message within others.
  }
}
