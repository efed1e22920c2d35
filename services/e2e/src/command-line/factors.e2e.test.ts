import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type StartedProcess, startProcess } from "@portcullis/testkit";
import { generateSync } from "otplib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freeUdpPort } from "../harness/free-udp-port.js";
import { PORTCULLIS, portcullis } from "../harness/portcullis.js";

const TIMEOUT_MS = 60_000;
const SECRET = "testing123testing123";
const PASSWORD = "correct horse battery";
const SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const SEED_BYTES = Buffer.from("48656c6c6f21deadbeef48656c6c6f21deadbeef", "hex");
const PHONE = "+49 30 9018273";
const FILE_PIN = "4826";
const SET_PIN = "7531";

const pressed = (counter: number) => generateSync({ strategy: "hotp", counter, secret: SEED_BYTES });

describe("the help desk's commands", () => {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-factors-"));
  const data = join(folder, "data");
  const shownCodes: string[] = [];
  let port: number;
  let running: StartedProcess;

  beforeAll(async () => {
    port = await freeUdpPort();
    const file = join(folder, "portcullis.yaml");
    const yaml = `
radius: { listen: [{ address: 127.0.0.1, authPort: ${port} }] }
clients: [{ name: vpn, address: 127.0.0.1/32, secret: ${SECRET}, target: local }]
targets: [{ name: local, type: local }]
users:
  - name: alice
    password: ${PASSWORD}
    phone: "${PHONE}"
    language: fr
    pin: "${FILE_PIN}"
    tokens: [{ serial: H1, type: hotp, counter: 5, secret: ${SEED} }]
`;
    writeFileSync(file, yaml, { mode: 0o600 });
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

  const command = (line: string, input?: string) => portcullis([...line.split(" "), "--data", data], {}, input);

  /** @returns whether the first code that was typed is right */
  async function isRight(code: string): Promise<boolean> {
    const words = ["login", "--server", `127.0.0.1:${port}`, "--secret", SECRET, "--user", "alice", "--json"];
    const { stdout } = await portcullis([...words, "--password", PASSWORD, "--code", code]);
    return stdout !== "" && (JSON.parse(stdout) as { result: string }).result === "Access-Accept";
  }

  it("show what a user has, and of her phone the ends only", async () => {
    const { code, stdout } = await command("factors --user EXAMPLE\\Alice");
    expect(code).toBe(0);
    for (const line of [
      /phones +\+49\*+73\n/,
      /language +fr\n/,
      /tokens +H1 \(hotp, 6 digits, never used\)/,
      /PIN +set\n/,
    ]) {
      expect(stdout).toMatch(line);
    }
    expect((await command("factors --user nobody")).stderr).toContain("No user signs in as nobody");
  });

  it("let a token's codes count, each once, and bring one that was pressed too often back", async () => {
    expect(await isRight(pressed(5))).toBe(true);
    expect(await isRight(pressed(5))).toBe(false);
    expect(await isRight(pressed(90))).toBe(false);
    const resync = `token resync --serial H1 ${pressed(90)} ${pressed(91)}`;
    expect((await command(resync)).stdout).toContain("in step");
    expect(await isRight(pressed(92))).toBe(true);
    expect((await command(`token resync --serial H1 ${pressed(91)} ${pressed(92)}`)).code).toBe(1);
  });

  it("set a PIN that the rules allow, and let it end", async () => {
    const set = (pin: string) => command("pin set --user alice --stdin", `${pin}\n`);
    expect((await set(FILE_PIN)).stderr).toContain("one of the user's last ones");
    expect((await set("9018")).stderr).toContain("phone numbers");
    expect((await set("1117")).stderr).toContain("equal digits");
    expect((await set("")).stderr).toContain("at least 4 digits");
    expect(await set(SET_PIN)).toMatchObject({ code: 0, stdout: "The PIN of alice is set.\n" });
    const twice = await command("pin set --user alice", "2580\n2581\n");
    expect(twice).toMatchObject({ code: 1, stdout: "" });
    expect(twice.stderr).toContain("not the same");
    expect((await command("pin expire --user alice")).code).toBe(0);
    expect((await command("factors --user alice")).stdout).toMatch(/PIN +has to be changed\n/);
  });

  it("give a bypass with a reason, list it, and take it back", async () => {
    expect((await command("bypass --user alice")).stderr).toContain("--reason");
    const given = await portcullis([
      "bypass",
      "--user",
      "alice",
      "--reason",
      "lost her phone",
      "--by",
      "carol",
      "--data",
      data,
    ]);
    expect(given.stdout).toContain("alice gets in once");
    expect((await command("bypass --list")).stdout).toMatch(/alice +carol +lost her phone +until /);
    expect((await command("bypass --user alice --remove")).code).toBe(0);
    expect((await command("bypass --user alice --remove")).stderr).toContain("no bypass");
    expect((await command("bypass --list")).stdout).toMatch(/lost her phone +taken back /);
  });

  it("make recovery codes, shown once", async () => {
    const { stdout } = await command("recovery-codes --user alice --json");
    shownCodes.push(...(JSON.parse(stdout) as { codes: string[] }).codes);
    expect(shownCodes).toHaveLength(10);
    expect((await command("factors --user alice")).stdout).toMatch(/recovery codes +10 left\n/);
  });

  it("log no PIN, code or phone", () => {
    const log = running.output().join("\n");
    expect(log).toContain("bypass.given");
    const secrets = [FILE_PIN, SET_PIN, "9018273", SEED, pressed(90), pressed(92), ...shownCodes];
    for (const secret of secrets) expect(log.match(new RegExp(`\\b${secret}\\b`))?.[0]).toBeUndefined();
  });
});
