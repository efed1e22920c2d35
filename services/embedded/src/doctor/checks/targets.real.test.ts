import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfiguration } from "@portcullis/configuration";
import { readEnvironment } from "@portcullis/kit";
import { type FreeradiusServer, startFreeradius } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DoctorEnvironment } from "../../config.js";
import type { DoctorContext, LoginToTry } from "../check.js";
import { accountingCheck } from "./accounting.js";
import { targetsCheck } from "./targets.js";
import { testLoginCheck } from "./test-login.js";

const SECRET = "Zk3vR8pQ2mX6tB1wLh7c";
const folder = mkdtempSync(join(tmpdir(), "portcullis-targets-"));
let server: FreeradiusServer;

beforeAll(async () => {
  const clients = [{ name: "doctor", address: "127.0.0.1", secret: SECRET }];
  server = await startFreeradius({ users: 'alice Cleartext-Password := "geheim"\n', clients });
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function contextOf(secret: string, login?: LoginToTry, accounting = "record"): Promise<DoctorContext> {
  const file = join(folder, "portcullis.yaml");
  const target = `{ name: radius, type: radius, servers: [{ address: 127.0.0.1, port: ${server.port}, accountingPort: ${server.accountingPort}, secret: ${secret} }] }`;
  writeFileSync(
    file,
    `clients: [{ name: vpn, address: 10.0.0.1, secret: x, target: radius, accounting: ${accounting} }]\ntargets: [${target}]\n`,
  );
  const loaded = await loadConfiguration(file, { env: {} });
  const settings = readEnvironment(DoctorEnvironment, {});
  return { file, loaded, settings, ...(login === undefined ? {} : { login }) };
}

describe("a target that is FreeRADIUS", () => {
  it("answers Status-Server; an old one signs nothing", async () => {
    const [finding] = await targetsCheck.run(await contextOf(SECRET));
    expect(finding?.what).toMatch(/\(radius\) answers/);
    expect(finding?.level).toBe(finding?.what.includes("without Message-Authenticator") ? "warning" : "ok");
  });

  it("answers Status-Server at its accounting port, which is asked where accounting is forwarded", async () => {
    expect(await accountingCheck.run(await contextOf(SECRET))).toEqual([]);
    expect(await accountingCheck.run(await contextOf(SECRET, undefined, "forward"))).toMatchObject([
      { level: "ok", what: expect.stringMatching(/:\d+ \(accounting of radius\) answers Status-Server in/) },
    ]);
    const wrong = await contextOf("another-secret-of-some-length", undefined, "forward");
    expect(await accountingCheck.run(wrong)).toMatchObject([
      {
        level: "warning",
        what: expect.stringContaining("the accounting of vpn may get no answer"),
        todo: expect.stringContaining("type acct"),
      },
    ]);
  });

  it("is silent to a wrong secret", async () => {
    expect(await targetsCheck.run(await contextOf("another-secret-of-some-length"))).toMatchObject([
      { level: "warning", what: expect.stringContaining("does not answer Status-Server") },
    ]);
  });

  it("decides a test login of the client whose target it is", async () => {
    const login = { user: "alice", password: "geheim", client: "vpn" };
    expect(await testLoginCheck.run(await contextOf(SECRET, login))).toMatchObject([{ level: "ok" }]);
    expect(await testLoginCheck.run(await contextOf(SECRET, { ...login, password: "other" }))).toMatchObject([
      { level: "error", what: expect.stringContaining("alice is rejected by target radius") },
    ]);
  });
});
