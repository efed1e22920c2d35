import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type StartedProcess, startProcess } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freeUdpPort } from "../harness/free-udp-port.js";
import { PORTCULLIS, portcullis } from "../harness/portcullis.js";
import {
  CLIENTS,
  PASSWORD,
  testConfiguration,
  testUsersFile,
  tokenSecretOf,
  userName,
} from "../harness/test-configuration.js";

const TIMEOUT_MS = 60_000;

describe("the command line", () => {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-command-line-"));
  const file = join(folder, "portcullis.yaml");
  const data = join(folder, "data");
  let port: number;
  let running: StartedProcess;

  beforeAll(async () => {
    port = await freeUdpPort();
    writeFileSync(file, testConfiguration([port]), { mode: 0o600 });
    writeFileSync(join(folder, "users.csv"), testUsersFile());
    running = await startProcess({
      command: process.execPath,
      args: [PORTCULLIS, "run"],
      env: { PORTCULLIS_CONFIG_FILE: file, PORTCULLIS_DATA: data },
      readyWhen: /"product\.ready"/,
      readyTimeoutMs: TIMEOUT_MS,
      stopTimeoutMs: 20_000,
    });
  });
  afterAll(async () => {
    await running?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("prints a checked configuration without its secrets", async () => {
    const { code, stdout, stderr } = await portcullis(["run", "--config", file, "--check"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("vpn");
    for (const secret of [CLIENTS.vpn.secret, PASSWORD, tokenSecretOf(userName(0))])
      expect(stdout).not.toContain(secret);
  });

  it("refuses an unknown key and an unknown variable, and names the near match", async () => {
    const wrong = join(folder, "wrong.yaml");
    writeFileSync(wrong, "clients: []\ntargets: []\nuserFile: users.csv\n");
    const unknownKey = await portcullis(["run", "--config", wrong, "--check"]);
    expect(unknownKey.code).toBe(1);
    expect(unknownKey.stderr).toMatch(/userFile[\s\S]*usersFile/);
    const unknownVariable = await portcullis(["run", "--config", file, "--check"], { PORTCULLIS_DATE: "x" });
    expect(unknownVariable.code).toBe(1);
    expect(unknownVariable.stderr).toMatch(/PORTCULLIS_DATE[\s\S]*PORTCULLIS_DATA/);
  });

  it("refuses a second start on the same folder", async () => {
    const { code, stderr } = await portcullis(["run", "--config", file, "--data", data]);
    expect(code).toBe(1);
    expect(stderr).toContain(`Another Portcullis is running on the data folder ${data}`);
  });

  it("says which port is taken, and leaves the folder free", async () => {
    const other = join(folder, "other-data");
    for (let attempt = 0; attempt < 2; attempt++) {
      const { code, stderr } = await portcullis(["run", "--config", file, "--data", other, "--log-level", "silent"]);
      expect(code).toBe(1);
      expect(stderr).toContain(`port ${port}`);
      expect(stderr).toContain("Another program uses it");
      expect(stderr).not.toContain("    at ");
    }
  });

  it("keeps its socket and its files to itself", () => {
    const modes = ["portcullis.sock", "keys.json"].map((name) => (statSync(join(data, name)).mode & 0o777).toString(8));
    expect(modes).toEqual(["600", "600"]);
    expect((statSync(data).mode & 0o777).toString(8)).toBe("700");
    expect(readdirSync(data)).toContain("database");
  });

  it("tries a login for a script: codes, then the attributes and times as JSON", async () => {
    const user = userName(20);
    const secret = tokenSecretOf(user);
    const { stdout: code } = await portcullis(["code", secret.toLowerCase()]);
    expect(code).toMatch(/^\d{6}\n$/);
    const login = ["login", "--server", `127.0.0.1:${port}`, "--secret", CLIENTS.vpn.secret, "--user", user, "--json"];
    const accepted = await portcullis([...login, "--password", PASSWORD, "--code", code.trim()]);
    expect(accepted.code).toBe(0);
    expect(JSON.parse(accepted.stdout)).toMatchObject({
      result: "Access-Accept",
      rounds: [{ reply: "Access-Challenge", attempts: 1 }, { reply: "Access-Accept" }],
    });
    const rejected = await portcullis([...login, "--password", "wrong"]);
    expect(rejected.code).toBe(2);
    expect(JSON.parse(rejected.stdout)).toMatchObject({ result: "Access-Reject" });
  });

  it("says what to look at when nothing answers", async () => {
    const login = [
      "login",
      "--server",
      `127.0.0.1:${port}`,
      "--secret",
      "wrong secret",
      "--user",
      "x",
      "--password",
      "y",
    ];
    const { code, stderr } = await portcullis([...login, "--tries", "1", "--interval-ms", "300"]);
    expect(code).toBe(3);
    expect(stderr).toContain("the secret is wrong");
  });

  it("verifies the audit of the running product, against an end that was exported", async () => {
    const verified = await portcullis(["audit", "verify", "--data", data]);
    expect(verified.code).toBe(0);
    expect(verified.stdout).toMatch(/The audit is intact: \d+ rows/);
    const end = /Its end is (\d+:[0-9a-f]{64})/.exec(verified.stdout)?.[1] ?? "";
    expect((await portcullis(["audit", "verify", "--data", data, "--head", end])).code).toBe(0);
    const forged = await portcullis([
      "audit",
      "verify",
      "--data",
      data,
      "--head",
      end.replace(/.$/, (last) => (last === "0" ? "1" : "0")),
    ]);
    expect(forged.code).toBe(2);
    expect(forged.stderr).toContain("broken");
  });

  it("logs no password, code or secret", () => {
    const log = running.output().join("\n");
    for (const secret of [CLIENTS.vpn.secret, PASSWORD, tokenSecretOf(userName(20))]) expect(log).not.toContain(secret);
  });

  it("stops cleanly, and starts again on the same folder", async () => {
    expect(await running.stop()).toMatchObject({ code: 0, forced: false });
    await running.start();
    const verified = await portcullis(["audit", "verify", "--data", data]);
    expect(verified.stdout).toMatch(/The audit is intact: [1-9]\d* rows/);
  });
});
