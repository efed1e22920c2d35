import { createECDH } from "node:crypto";
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { CommandError } from "../terminal/fail.js";

export function webPushKeysCommand(): Command {
  return new Command("web-push")
    .description("make the key pair that pushes are signed with (VAPID), and say what to write into the configuration")
    .argument("<file>", "new file (mode 0600) for the private key")
    .action(makeWebPushKeys);
}

function makeWebPushKeys(file: string): void {
  const pair = createECDH("prime256v1");
  const publicKey = pair.generateKeys("base64url", "uncompressed");
  // Leading zeros count: the key is 32 bytes, always.
  const privateKey = Buffer.from(pair.getPrivateKey("hex").padStart(64, "0"), "hex").toString("base64url");
  try {
    writeFileSync(file, `${privateKey}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const why =
      code === "EEXIST"
        ? "is there already: with other keys every device would have to subscribe again"
        : `cannot be written (${code})`;
    throw new CommandError(`${file} ${why}.`);
  }
  process.stdout.write(`${file} has the private key. In the configuration:

notifications:
  webPush:
    publicKey: ${publicKey}
    privateKey: { fromFile: ${resolve(file)} }
    subject: mailto:you@your-company.example
`);
}
