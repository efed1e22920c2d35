import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { LoginRequestedSchema } from "@portcullis/proto";
import {
  eventually,
  freePort,
  type KafkaServer,
  type PostgresServer,
  type StartedProcess,
  startKafka,
  startPostgres,
  startProcess,
} from "@portcullis/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { KafkaBus } from "./events/kafka-bus.js";
import { connectKafka } from "./events/kafka-connection.js";
import { createKeyFile } from "./sealing/key-file.js";
import { createLog } from "./telemetry/log.js";

/** A whole service as a process of its own, from the compiled package: it prints the ids of the logins that it handles. */
const SERVICE = `
import { DATABASES, OnEvent, PlatformEnvironment, readEnvironment, runService, topicOf } from "@portcullis/kit";
import { LoginRequestedSchema } from "@portcullis/proto";
import { Controller } from "@nestjs/common";
class Handler {
  async onLogin(event) {
    const id = event.context.loginId;
    console.log("begun " + id);
    if (id.startsWith("stuck") && process.argv[1] === "stuck") await new Promise(() => {});
    console.log("handled " + id);
  }
}
OnEvent(LoginRequestedSchema)(Handler.prototype, "onLogin", Object.getOwnPropertyDescriptor(Handler.prototype, "onLogin"));
Controller()(Handler);
class HandlerModule {}
await runService({
  name: "tested",
  settings: readEnvironment(PlatformEnvironment, process.env),
  topics: [topicOf(LoginRequestedSchema)],
  modules: async ({ databases }) => {
    await databases.open("tested", {});
    return [{ module: HandlerModule, controllers: [Handler] }];
  },
});
`;
const REPOSITORY = join(import.meta.dirname, "../../../..");

describe("runService", () => {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-service-"));
  const keys = join(folder, "keys.json");
  const running: StartedProcess[] = [];
  let kafka: KafkaServer;
  let postgres: PostgresServer;
  let bus: KafkaBus;
  let prefixes = 0;

  beforeAll(async () => {
    createKeyFile(keys);
    [kafka, postgres] = await Promise.all([startKafka(), startPostgres()]);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((process) => process[Symbol.asyncDispose]()));
    await bus?.close();
  });
  afterAll(async () => {
    await Promise.all([kafka.stop(), postgres.stop()]);
    rmSync(folder, { recursive: true });
  });

  async function start(prefix: string, options: { argument?: string; env?: Record<string, string>; await?: RegExp }) {
    const port = await freePort();
    const env = {
      PORTCULLIS_KAFKA_BROKERS: kafka.url,
      PORTCULLIS_KAFKA_PREFIX: prefix,
      PORTCULLIS_KAFKA_PARTITIONS: "4",
      PORTCULLIS_DATABASE_URL: postgres.url,
      PORTCULLIS_KEYS_FILE: keys,
      PORTCULLIS_HTTP_LISTEN: `127.0.0.1:${port}`,
      ...options.env,
    };
    const service = await startProcess({
      name: "service",
      command: process.execPath,
      args: ["--input-type=module", "-e", SERVICE, "--", options.argument ?? "swift"],
      cwd: REPOSITORY,
      env,
      readyWhen: options.await ?? /service\.started/,
      readyTimeoutMs: 60_000,
    });
    running.push(service);
    return { service, url: `http://127.0.0.1:${port}` };
  }
  async function publish(prefix: string, ids: readonly string[]): Promise<void> {
    const options = { brokers: kafka.brokers, service: "test", prefix };
    bus = new KafkaBus(connectKafka(options, createLog("test", "silent")), prefix);
    await bus.connect();
    const event = (loginId: string) => create(LoginRequestedSchema, { context: { loginId } });
    await Promise.all(ids.map((id) => bus.publish(LoginRequestedSchema, id, event(id))));
  }
  const printed = (service: StartedProcess, what: string): string[] =>
    service.output().filter((line) => line.startsWith(`${what} `));
  const newPrefix = (): string => `s${++prefixes}.`;

  it("is ready, handles events, and leaves with 0 at SIGTERM", async () => {
    const prefix = newPrefix();
    const { service, url } = await start(prefix, {});
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    await publish(prefix, ["one", "two"]);
    await eventually(() => printed(service, "handled").length === 2, { what: "both events are handled" });
    const stoppedAt = performance.now();
    expect(await service.stop()).toMatchObject({ code: 0, forced: false });
    expect(performance.now() - stoppedAt).toBeLessThan(5_000);
    expect(service.output().join("\n")).toContain("service.left");
  });

  it("hands over to the other replica what it had under way when it was killed", async () => {
    const prefix = newPrefix();
    const { service: killed } = await start(prefix, { argument: "stuck" });
    const ids = Array.from({ length: 20 }, (_, index) => `stuck${index}`);
    await publish(prefix, ids);
    await eventually(() => printed(killed, "begun").length === 20, { what: "all are begun" });
    const { service: other } = await start(prefix, {});
    await killed.kill();
    const killedAt = performance.now();
    await eventually(() => new Set(printed(other, "handled")).size === 20, { what: "all are done", timeoutMs: 20_000 });
    process.stdout.write(`taken over ${Math.round(performance.now() - killedAt)} ms after the kill\n`);
    expect(performance.now() - killedAt).toBeLessThan(12_000);
  });

  it("ends at once at the second signal", async () => {
    const prefix = newPrefix();
    const { service } = await start(prefix, { argument: "stuck" });
    await publish(prefix, ["stuck"]);
    await eventually(() => printed(service, "begun").length === 1, { what: "it is begun" });
    service.signal("SIGTERM");
    await eventually(() => service.output().join("\n").includes("service.leaving"), { what: "it is leaving" });
    expect(service.running).toBe(true);
    service.signal("SIGTERM");
    const secondAt = performance.now();
    expect(await service.exit).toMatchObject({ code: 1 });
    expect(performance.now() - secondAt).toBeLessThan(2_000);
  });

  it("waits for Kafka and PostgreSQL at its start, and says so", async () => {
    const prefix = newPrefix();
    await Promise.all([kafka.kill(), postgres.kill()]);
    const { service, url } = await start(prefix, { await: /"for":"Kafka".*service\.waits/ });
    await kafka.restart();
    await eventually(() => /database\.connection_lost/.test(service.output().join("\n")), {
      what: "it waits for PostgreSQL",
      timeoutMs: 20_000,
    });
    await postgres.restart();
    await eventually(async () => (await fetch(`${url}/readyz`)).status === 200, { what: "ready", timeoutMs: 20_000 });
  });

  it("is unready while Kafka is away, and ready again when it is back", async () => {
    const { url } = await start(newPrefix(), {});
    await kafka.kill();
    await eventually(async () => (await fetch(`${url}/readyz`)).status === 503, { what: "unready" });
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    await kafka.restart();
    await eventually(async () => (await fetch(`${url}/readyz`)).status === 200, { what: "ready", timeoutMs: 20_000 });
  });

  it("ends with 1 and a reason, without a secret in it, when it can't start", async () => {
    const wrongKeys = join(folder, "wrong.json");
    writeFileSync(wrongKeys, '{"digest":"hunter2"}');
    const failing = start(newPrefix(), { env: { PORTCULLIS_KEYS_FILE: wrongKeys } });
    const error = await failing.then(
      () => undefined,
      (reason: Error) => reason.message,
    );
    expect(error).toContain("it ended with code 1");
    expect(error).toContain("service.not_started");
    expect(error).toContain("wrong.json is not a key file");
    expect(error).not.toContain("hunter2");
  });
});
