import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Configuration } from "@portcullis/configuration";
import { readEnvironment } from "@portcullis/kit";
import { afterAll, describe, expect, it } from "vitest";
import { DoctorEnvironment } from "../../config.js";
import type { DoctorContext, Finding } from "../check.js";
import { certificateFindings, certificatesCheck } from "./certificates.js";

const folder = mkdtempSync(join(tmpdir(), "portcullis-certificates-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DAYS = 90;
const DAY_MS = 86_400_000;
const NAMED = ["-addext", "subjectAltName=DNS:radius.example"];
const FOR_SERVERS = ["-addext", "extendedKeyUsage=serverAuth"];

interface Made {
  readonly certificate: string;
  readonly key: string;
}

function make(name: string, ...extensions: readonly string[]): Made {
  const made = { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", made.key];
  const subject = ["-subj", `/CN=${name}`, "-days", String(DAYS), ...extensions, "-out", made.certificate];
  execFileSync("openssl", ["req", "-x509", ...key, ...subject], { stdio: "pipe" });
  return made;
}

const good = make("good", ...NAMED, ...FOR_SERVERS);
const other = make("other", ...NAMED, ...FOR_SERVERS);
const authority = make("authority");
const read = (path: string): string => readFileSync(path, "utf8");

function look({ certificate, key }: Made, afterMs = 1_000): Finding[] {
  const texts = { place: "[::]:2083", certificate: read(certificate), key: read(key), ca: read(authority.certificate) };
  return certificateFindings(texts, Date.now() + afterMs);
}

function contextOf(tls: object, more: Partial<DoctorContext> = {}, env: Record<string, string> = {}): DoctorContext {
  const configuration = { radius: { listen: [{ address: "127.0.0.1", tlsPort: 2083, tls }] } };
  const loaded = { ok: true, value: configuration as unknown as Configuration } as const; // What the check reads.
  return { file: "/p.yaml", loaded, settings: readEnvironment(DoctorEnvironment, env), ...more };
}

describe("certificates of TLS listeners", () => {
  it("are as they should be", () => {
    expect(look(good)).toMatchObject([{ level: "ok", what: expect.stringContaining("[::]:2083 fits its key") }]);
  });

  it("warn 30 days before they expire, and are an error from then on and before their time", () => {
    expect(look(good, (DAYS - 31) * DAY_MS)).toMatchObject([{ level: "ok" }]);
    expect(look(good, (DAYS - 30) * DAY_MS)).toMatchObject([
      { level: "warning", what: expect.stringMatching(/expires on \d{4}-\d\d-\d\d, in 29 days/) },
    ]);
    expect(look(good, (DAYS + 1) * DAY_MS)[0]).toMatchObject({
      level: "error",
      what: expect.stringContaining("expired on"),
    });
    expect(look(good, -2 * DAY_MS)).toMatchObject([
      { level: "error", what: expect.stringContaining("not valid before") },
    ]);
  });

  it("must fit their key", () => {
    expect(look({ ...good, key: other.key })).toMatchObject([
      { level: "error", what: expect.stringContaining("another one than its certificate's") },
    ]);
    expect(look({ ...good, key: good.certificate })).toMatchObject([
      { level: "error", what: expect.stringContaining("cannot be read") },
    ]);
  });

  it("must be for servers, and should have a name that clients can check", () => {
    const forClients = make("for-clients", ...NAMED, "-addext", "extendedKeyUsage=clientAuth");
    expect(look(forClients)).toMatchObject([{ level: "error", what: expect.stringContaining("not for servers") }]);
    expect(look(make("for-anything", ...NAMED))).toMatchObject([{ level: "ok" }]);
    expect(look(make("nameless", ...FOR_SERVERS))).toMatchObject([
      { level: "warning", what: expect.stringContaining("no subjectAltName") },
    ]);
  });

  it("say which authorities expired, and what is no certificate", () => {
    expect(look(good, (DAYS + 1) * DAY_MS)[1]).toMatchObject({
      level: "error",
      what: expect.stringContaining("1 certificate of 1 that [::]:2083 trusts (ca) expired"),
    });
    const texts = { place: "p", certificate: read(good.certificate), key: read(good.key), ca: "nothing" };
    expect(certificateFindings(texts, Date.now())).toMatchObject([
      { level: "error", what: expect.stringContaining("trusted authorities (ca) of p holds no certificate") },
    ]);
    const bent = read(good.certificate).replace("MII", "AAA");
    expect(certificateFindings({ ...texts, certificate: bent }, Date.now())).toMatchObject([{ level: "error" }]);
  });

  it("are read from the files of the configuration, the key also from the environment", async () => {
    const files = { ...good, ca: authority.certificate };
    expect(await certificatesCheck.run(contextOf(files))).toMatchObject([{ level: "ok" }]);
    const missing = { ...files, certificate: join(folder, "missing.pem") };
    expect(await certificatesCheck.run(contextOf(missing))).toMatchObject([
      { level: "error", what: expect.stringMatching(/^127\.0\.0\.1:2083: .*missing\.pem cannot be read \(ENOENT\)/) },
    ]);
    const fromEnv = { ...files, key: { fromEnv: "TLS_KEY" } };
    expect(await certificatesCheck.run(contextOf(fromEnv, { env: { TLS_KEY: read(good.key) } }))).toMatchObject([
      { level: "ok" },
    ]);
    expect(await certificatesCheck.run(contextOf(fromEnv))).toMatchObject([
      { level: "error", what: expect.stringContaining("TLS_KEY") },
    ]);
  });

  it("are those of the gateway's settings in the distributed mode", async () => {
    const env = {
      PORTCULLIS_KAFKA_BROKERS: "127.0.0.1:9092",
      PORTCULLIS_RADIUS_TLS_LISTEN: "127.0.0.1:2083",
      PORTCULLIS_RADIUS_TLS_CERTIFICATE_FILE: good.certificate,
      PORTCULLIS_RADIUS_TLS_KEY_FILE: other.key,
      PORTCULLIS_RADIUS_TLS_CA_FILE: authority.certificate,
    };
    expect(await certificatesCheck.run(contextOf({}, {}, env))).toMatchObject([
      { level: "error", what: expect.stringContaining("another one than its certificate's") },
    ]);
    writeFileSync(join(folder, "empty.pem"), "");
    const empty = { ...env, PORTCULLIS_RADIUS_TLS_CERTIFICATE_FILE: join(folder, "empty.pem") };
    expect(await certificatesCheck.run(contextOf({}, {}, empty))).toMatchObject([
      { level: "error", what: expect.stringContaining("no certificate that can be read") },
    ]);
  });
});
