import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadConfiguration } from "@portcullis/configuration";
import { readEnvironment } from "@portcullis/kit";
import { afterAll, describe, expect, it } from "vitest";
import { DoctorEnvironment } from "../config.js";
import type { DoctorContext, Finding } from "./check.js";
import { CHECKS } from "./checks.js";
import { formatReport, reportJson } from "./report.js";
import { type CheckReport, runChecks } from "./run-checks.js";

/** Nothing of these may be seen, whole or in part. */
const HIDDEN = {
  random: "Zk3vR8pQ2mX6tB1wLh7c",
  short: "qZ9kWx4",
  target: "Hd4mWq9zTf2XkR7v",
  inFile: "Gy5nT2rVb8Jd6fKs0Pa3",
  password: "uB7dM1xHqE4z",
  token: "KVKFKRCPNZQUYMLXOVYDSQKJKZDTSRLD",
  redis: "nW6sC9tYjR2v",
  postgres: "eF8hL3gQoZ5x",
} as const;
const PART_LENGTH = 5;
/** Nothing listens on the port of tcpmux. */
const CLOSED = "127.0.0.1:1";

const folder = mkdtempSync(join(tmpdir(), "portcullis-doctor-"));
const file = join(folder, "portcullis.yaml");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function doctor(yaml: string, environment: Record<string, string> = {}): Promise<CheckReport[]> {
  writeFileSync(file, yaml, { mode: 0o600 });
  writeFileSync(join(folder, "wifi-secret"), HIDDEN.inFile, { mode: 0o600 });
  const context: DoctorContext = {
    file,
    loaded: await loadConfiguration(file, { env: {} }),
    settings: readEnvironment(DoctorEnvironment, environment),
    data: join(folder, "data"),
  };
  return runChecks(CHECKS, context);
}

const findingsOf = (reports: readonly CheckReport[], name: string): readonly Finding[] =>
  reports.find(({ check }) => check === name)?.findings ?? [];

const textOf = (reports: readonly CheckReport[], name: string): string => JSON.stringify(findingsOf(reports, name));

const client = (name: string, rest: string): string => `  - { name: ${name}, target: local, ${rest} }`;

function configuration(clients: readonly string[], target = ""): string {
  const listen = "radius: { listen: [{ address: 127.0.0.1, authPort: 0 }] }";
  const users = `users: [{ name: alice, password: "${HIDDEN.password}", tokens: [{ serial: A1, secret: ${HIDDEN.token} }] }]`;
  return [listen, "clients:", ...clients, `targets: [{ name: local, type: local }${target}]`, users].join("\n");
}

const GOOD = client("vpn", `address: 127.0.0.1, secret: ${HIDDEN.random}`);

describe("the doctor", () => {
  it("is content with a good configuration", async () => {
    const reports = await doctor(configuration([GOOD]));
    for (const name of ["configuration", "permissions", "secrets", "clients", "listeners", "targets"]) {
      expect(findingsOf(reports, name).map(({ level }) => level)).toEqual(["ok"]);
    }
    for (const name of ["Redis", "Kafka", "PostgreSQL", "test login"]) expect(findingsOf(reports, name)).toEqual([]);
  });

  it("shows no secret and no part of one, however bad everything is", async () => {
    const clients = [
      GOOD,
      client("lan", `address: 10.0.0.0/8, secret: ${HIDDEN.random}, requireMessageAuthenticator: false`),
      client("old", `address: 10.0.0.1, secrets: [${HIDDEN.short}, testing123], limitProxyState: false`),
      client("wifi", "address: 10.0.0.2, secret: { fromFile: wifi-secret }, mfa: false"),
    ];
    const server = `{ address: 127.0.0.1, port: 1, secret: ${HIDDEN.target} }`;
    const target = `, { name: nps, type: radius, servers: [${server}] }`;
    const reports = await doctor(configuration(clients, target), {
      PORTCULLIS_REDIS_URL: `redis://doctor:${HIDDEN.redis}@${CLOSED}`,
      PORTCULLIS_DATABASE_URL: `postgres://doctor:${HIDDEN.postgres}@${CLOSED}/portcullis`,
      PORTCULLIS_KAFKA_BROKERS: CLOSED,
    });
    const shown = `${formatReport(reports, { colours: false, width: 10_000 })}${reportJson(file, reports)}`;
    for (const secret of Object.values(HIDDEN)) {
      for (let at = 0; at + PART_LENGTH <= secret.length; at++) {
        expect(shown).not.toContain(secret.slice(at, at + PART_LENGTH));
      }
    }
    expect(shown).not.toContain("testing123");
    expect(textOf(reports, "secrets")).toMatch(/old has a shared secret that everyone knows/);
    expect(textOf(reports, "secrets")).toMatch(/vpn and lan have the same shared secret/);
    expect(findingsOf(reports, "targets")).toContainEqual(
      expect.objectContaining({ level: "error", what: expect.stringContaining(`${CLOSED} (nps)`) }),
    );
    for (const name of ["Redis", "Kafka", "PostgreSQL"]) {
      expect(findingsOf(reports, name)).toMatchObject([{ level: "error", what: expect.stringContaining(CLOSED) }]);
    }
  });

  it("says of a wrong configuration what run --check says, and still looks at the machine", async () => {
    const reports = await doctor(configuration([client("vpn", `adress: 127.0.0.1, secret: ${HIDDEN.random}`)]));
    expect(textOf(reports, "configuration")).toMatch(/portcullis\.yaml:3:\d+ clients\[0\].*did you mean address/);
    expect(findingsOf(reports, "secrets")).toEqual([]);
    expect(findingsOf(reports, "disk space")).toHaveLength(1);
    expect(JSON.stringify(reports)).not.toContain(HIDDEN.random);
  });

  it("finds files with secrets that others can read, and stays quiet about a file without", async () => {
    writeFileSync(file, "");
    chmodSync(file, 0o644);
    const inline = await doctor(configuration([GOOD]));
    expect(findingsOf(inline, "permissions")).toMatchObject([
      { level: "warning", what: `${file} can be read by every user of this machine.`, todo: `chmod 600 ${file}` },
    ]);
    const elsewhere = await doctor(
      "clients: [{ name: wifi, address: 127.0.0.1, secret: { fromFile: wifi-secret }, target: local }]\ntargets: [{ name: local, type: local }]\n",
    );
    expect(findingsOf(elsewhere, "permissions").map(({ level }) => level)).toEqual(["ok"]);
    const key = join(dirname(file), "web.key");
    writeFileSync(key, "");
    chmodSync(key, 0o644);
    const web = await doctor("http: { listen: [ { port: 8443, tls: { certificate: web.pem, key: web.key } } ] }\n");
    expect(findingsOf(web, "permissions")).toMatchObject([{ level: "warning", todo: `chmod 600 ${key}` }]);
    rmSync(file);
  });
});
