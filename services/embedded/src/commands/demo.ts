import { randomBytes, randomInt } from "node:crypto";
import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { challengeSettings } from "@portcullis/challenge-orchestrator";
import { createLog, leaveOnSignal } from "@portcullis/kit";
import { mobileEnvironmentSettings } from "@portcullis/mobile";
import { Command, InvalidArgumentError } from "commander";
import QRCode from "qrcode";
import { untilReady } from "../product/product.js";
import { outboxLines } from "../terminal/outbox-lines.js";
import { openFolderOrFail, openOrFail, readEnvironmentOrFail } from "./run.js";
import { startOrFail } from "./start.js";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const WORDS = ["amber", "birch", "cobalt", "dune", "ember", "fjord", "granite", "harbor", "indigo", "juniper", "kelp"];
const USER = "alice";

export function demoCommand(): Command {
  return new Command("demo")
    .description("run with a demonstration configuration and say how to try a login")
    .option("--data <folder>", "data folder; the configuration is written there at the first start", ".data/demo")
    .option("--port <port>", "UDP port, for a new configuration", portOf, 1812)
    .action(demo);
}

async function demo({ data, port }: { readonly data: string; readonly port: number }): Promise<void> {
  const folder = openFolderOrFail(data);
  const path = join(data, "portcullis.yaml");
  if (!existsSync(path)) {
    mkdirSync(data, { recursive: true });
    writeFileSync(path, newConfiguration(port), { mode: 0o600 });
  }
  const logFile = join(data, "portcullis.log");
  const logStream = createWriteStream(logFile, { flags: "a", mode: 0o600 });
  const log = createLog("portcullis", "info", logStream);
  const { file, configuration } = await openOrFail(path, log);
  process.stdout.write("Starting Portcullis (a new data folder takes some seconds)...\n");
  const environment = readEnvironmentOrFail();
  const product = await startOrFail({
    configuration,
    file,
    challenges: challengeSettings(environment),
    devices: mobileEnvironmentSettings(environment),
    folder,
    log,
    onOutboxEntry: (entry) => process.stdout.write(outboxLines(entry)),
  });
  leaveOnSignal(async () => {
    process.stdout.write("\nLeaving: logins that wait are finished first.\n");
    await product.stop();
    await new Promise((resolve) => logStream.end(resolve));
    process.stdout.write("Stopped. The data stays in the folder for the next start.\n");
  });
  await untilReady(product);
  const server = product.radiusAddresses[0] ?? "127.0.0.1:1812";
  process.stdout.write(await instructions({ file: path, logFile, data, server }));
}

/** What a person does next. Passwords and secrets are those of the demonstration file, which says so itself. */
async function instructions(at: { file: string; logFile: string; data: string; server: string }): Promise<string> {
  const values = demoValuesOf(readFileSync(at.file, "utf8"));
  if (values === undefined) {
    return `\nPortcullis runs with ${at.file} on ${at.server}. Its log is ${at.logFile}. Ctrl-C stops it.\n`;
  }
  const uri = `otpauth://totp/Portcullis:${USER}?secret=${values.totp}&issuer=Portcullis&digits=6&period=30&algorithm=SHA1`;
  const qr = await QRCode.toString(uri, { type: "terminal", small: true, errorCorrectionLevel: "L" });
  return `
Portcullis is ready.

  RADIUS server   ${at.server}  (UDP)
  shared secret   ${values.secret}
  user            ${USER}
  password        ${values.password}
  TOTP secret     ${values.totp}   scan it with any authenticator app:

${qr}
Try a login in another terminal; it asks for the code:

  node_modules/.bin/portcullis login --server ${at.server} --secret ${values.secret} --user ${USER} --password '${values.password}'

No phone at hand? This prints the code:

  node_modules/.bin/portcullis code ${values.totp}

Instead of a code, type sms or call at the prompt: the text appears here, and so does the call, which this answers:

  node_modules/.bin/portcullis outbox --data ${at.data} --press '#'

Then look at what was written down:

  node_modules/.bin/portcullis audit verify --data ${at.data}

Configuration: ${at.file}   Log: ${at.logFile}   Ctrl-C stops it.
`;
}

function newConfiguration(port: number): string {
  const secret = randomBytes(12).toString("base64url");
  const password = `${pick(WORDS)} ${pick(WORDS)} ${randomInt(10, 99)}`;
  const totp = Array.from({ length: 32 }, () => pick(BASE32.split(""))).join("");
  return `# A demonstration: made at the first start, for this machine only. Change what you like; only radius.listen needs another start.
radius:
  listen: [{ address: 127.0.0.1, authPort: ${port} }]
clients:
  - name: demo-vpn
    address: 127.0.0.1/32
    secret: "${secret}"
    application: Demo VPN
    target: local
targets:
  - { name: local, type: local }
users:
  - name: ${USER}
    password: "${password}"
    tokens: [{ serial: DEMO1, type: totp, secret: "${totp}" }]
    phone: "+1 202 555 0100"
    defaultMethod: oath
# Calls and texts appear in the terminal instead of at a phone.
notifications: { providers: [{ name: terminal, type: outbox }] }
`;
}

/** The values of a demonstration file that nobody has changed beyond recognition. */
function demoValuesOf(text: string): { secret: string; password: string; totp: string } | undefined {
  const match = /secret: "([\w-]+)"[\s\S]*password: "([a-z0-9 ]+)"[\s\S]*secret: "([A-Z2-7]+)"/.exec(text);
  const [, secret, password, totp] = match ?? [];
  return secret && password && totp ? { secret, password, totp } : undefined;
}

function pick(choices: readonly string[]): string {
  return choices[randomInt(choices.length)] ?? "";
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new InvalidArgumentError("A port is 1 to 65535.");
  return port;
}
