import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DescMessage } from "@bufbuild/protobuf";
import { topics as primaryTopics } from "@portcullis/authn-primary";
import {
  ChallengeEnvironment,
  challengeSettings,
  topics as orchestratorTopics,
} from "@portcullis/challenge-orchestrator";
import { ConfigurationFile } from "@portcullis/configuration";
import { topics as syncTopics } from "@portcullis/directory-sync";
import { topics as reporterTopics } from "@portcullis/fraud-reporter";
import { createLog, hasSealedFields, openPglite, query, topicOf } from "@portcullis/kit";
import { topics as portalTopics } from "@portcullis/portal";
import * as proto from "@portcullis/proto";
import { topics as gatewayTopics } from "@portcullis/radius-gateway";
import { freePort, SEALED_COLUMNS_SQL } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDataFolder } from "./data-folder.js";
import { startProduct } from "./product.js";
import { askProduct } from "./running-product.js";

const yaml = (port: number): string => `radius: { listen: [{ address: 127.0.0.1, authPort: ${port} }] }
clients: []
targets: []
`;

/** Of every service of the product. */
const TOPICS = [
  ...portalTopics,
  ...syncTopics,
  ...primaryTopics,
  ...orchestratorTopics,
  ...reporterTopics,
  ...gatewayTopics,
];

/** Everything that is kept sealed, against what services say that they seal again. */
describe("a new key of the ring", () => {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-coverage-"));
  const data = join(folder, "data");
  let covers: readonly string[] = [];

  beforeAll(async () => {
    writeFileSync(join(folder, "portcullis.yaml"), yaml(await freePort()));
    const log = createLog("test", "silent");
    const opened = await ConfigurationFile.open(join(folder, "portcullis.yaml"), { env: {}, log });
    if (!opened.ok) throw new Error(opened.failure.map(({ message }) => message).join());
    const challenges = challengeSettings(ChallengeEnvironment.parse({}));
    const product = await startProduct({ ...opened.value, challenges, folder: openDataFolder(data), log });
    ({ covers } = (await askProduct({ data }, "/internal/keys")) as { covers: readonly string[] });
    await product.stop();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("reaches every sealed column of every table of every service", async () => {
    const databases = await openPglite(join(data, "database"));
    const db = await databases.open<never>("looked_at", {});
    const columns = await query<{ name: string }>(db, SEALED_COLUMNS_SQL, []);
    await databases.close();
    expect(columns.length).toBeGreaterThan(0);
    const missing = columns.map(({ name }) => name).filter((name) => !covers.includes(name));
    expect(missing, "columns that no resealer names: add them to the service's SEALED_TABLES").toEqual([]);
  });

  it("reaches every compacted topic with sealed fields that a service uses", () => {
    const used = new Set(TOPICS.map(({ name }) => name));
    const exported: readonly unknown[] = Object.values(proto);
    const sealed = exported
      .filter(isEvent)
      .filter((schema) => used.has(topicOf(schema).name) && hasSealedFields(schema))
      .filter((schema) => topicOf(schema).retention === proto.Retention.COMPACTED);
    expect(sealed.length).toBeGreaterThan(0);
    const missing = sealed.map((schema) => topicOf(schema).name).filter((name) => !covers.includes(name));
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
