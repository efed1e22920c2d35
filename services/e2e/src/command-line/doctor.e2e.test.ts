import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type StartedProcess, startProcess } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freeUdpPort } from "../harness/free-udp-port.js";

const MAIN = resolve(import.meta.dirname, "../../../embedded/dist/main.js");
const TIMEOUT_MS = 60_000;
const SECRET = "Zk3vR8pQ2mX6tB1wLh7c";
const PASSWORD = "uB7dM1xHqE4z";
const TOKEN = "KVKFKRCPNZQUYMLXOVYDSQKJKZDTSRLD";

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Report {
  readonly result: string;
  readonly findings: readonly { readonly check: string; readonly level: string; readonly what: string }[];
}

/** Runs the doctor to its end. @param input what is typed */
function doctor(args: readonly string[], input = ""): Promise<Ended> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [MAIN, "doctor", ...args], {
      env: { PATH: process.env["PATH"] ?? "" },
      timeout: TIMEOUT_MS,
      stdio: "pipe",
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    child.on("error", reject);
    child.on("close", (code) => done({ code, stdout, stderr }));
    child.stdin.end(input);
  });
}

const reportOf = ({ stdout }: Ended): Report => JSON.parse(stdout) as Report;

const levelsOf = ({ findings }: Report, name: string): string[] =>
  findings.filter(({ check }) => check === name).map(({ level }) => level);

describe("portcullis doctor", () => {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-doctor-e2e-"));
  const file = join(folder, "portcullis.yaml");
  const data = join(folder, "data");
  let text: string;
  let running: StartedProcess | undefined;

  beforeAll(async () => {
    text = `radius: { listen: [{ address: 127.0.0.1, authPort: ${await freeUdpPort()} }] }
clients: [{ name: vpn, address: 127.0.0.1, secret: ${SECRET}, target: local }]
targets: [{ name: local, type: local }]
users: [{ name: alice, password: ${PASSWORD}, tokens: [{ serial: A1, secret: ${TOKEN} }] }]
`;
    writeFileSync(file, text, { mode: 0o600 });
  });
  afterAll(async () => {
    await running?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("finds a good installation ready to start", async () => {
    const ended = await doctor(["--config", file, "--data", data]);
    expect([ended.code, ended.stderr]).toEqual([0, ""]);
    expect(ended.stdout).toMatch(/ok +configuration +The file is right: 1 client, 1 target, 1 user, 1 token\./);
    expect(ended.stdout).toMatch(/ok +listeners +127\.0\.0\.1:\d+ can be had/);
    expect(ended.stdout).toContain("Not checked: certificates, Redis, Kafka, PostgreSQL, accounting and test login.");
    expect(ended.stdout).not.toContain("\u001b");
  });

  it("says what is wrong and ends with 1, without a secret", async () => {
    const wrong = join(folder, "wrong.yaml");
    writeFileSync(wrong, text.replace(SECRET, "testing123").replace("target: local }", "target: local, mfa: false }"), {
      mode: 0o600,
    });
    const weak = await doctor(["--config", wrong, "--json"]);
    expect(weak.code).toBe(1);
    expect(reportOf(weak).result).toBe("error");
    expect(levelsOf(reportOf(weak), "secrets")).toEqual(["error"]);
    expect(levelsOf(reportOf(weak), "clients")).toEqual(["hint"]);
    writeFileSync(wrong, text.replace("clients:", "client:"));
    const misspelt = await doctor(["--config", wrong]);
    expect(misspelt.code).toBe(1);
    expect(misspelt.stdout).toMatch(/error +configuration[\s\S]*did you mean clients/);
    for (const secret of [SECRET, PASSWORD, TOKEN, "testing123"])
      expect(weak.stdout + misspelt.stdout).not.toContain(secret);
  });

  it("knows our own product on its ports, and tries a login at it", async () => {
    running = await startProcess({
      command: process.execPath,
      args: [MAIN, "run", "--config", file, "--data", data],
      readyWhen: /"product\.ready"/,
      readyTimeoutMs: TIMEOUT_MS,
      stopTimeoutMs: 20_000,
    });
    const own = await doctor(["--config", file, "--data", data, "--login", "alice"], `${PASSWORD}\n`);
    expect(own.code).toBe(0);
    expect(own.stdout).toContain("is in use: our own product runs, and is ready.");
    expect(own.stdout.replaceAll(/\s+/g, " ")).toMatch(/alice is asked for the next factor by our own product, as vpn/);
    expect(own.stdout + own.stderr).not.toContain(PASSWORD);
    const rejected = await doctor(["--config", file, "--data", data, "--login", "alice", "--json"], "wrong\n");
    expect(rejected.code).toBe(1);
    expect(levelsOf(reportOf(rejected), "test login")).toEqual(["error"]);
    const stranger = await doctor(["--config", file, "--json"]);
    expect(levelsOf(reportOf(stranger), "listeners")).toEqual(["error"]);
  });
});
