import { Command, InvalidArgumentError, Option } from "commander";
import { createGuardrails, generateSync } from "otplib";
import { CommandError } from "../terminal/fail.js";

/** Old tokens have seeds of ten bytes. RFC 4226 section 4 asks for sixteen. */
const guardrails = createGuardrails({ MIN_SECRET_BYTES: 10 });

interface CodeOptions {
  readonly digits: "6" | "7" | "8";
  readonly period: number;
  readonly algorithm: "sha1" | "sha256" | "sha512";
}

export function codeCommand(): Command {
  return new Command("code")
    .description("print the current TOTP code of a secret")
    .argument("<secret>", "the token's secret in base32; - reads it from standard input")
    .addOption(new Option("--digits <n>", "digits of the code").choices(["6", "7", "8"]).default("6"))
    .option("--period <seconds>", "seconds that a code lasts", period, 30)
    .addOption(new Option("--algorithm <name>", "hash").choices(["sha1", "sha256", "sha512"]).default("sha1"))
    .action(async (secret: string, options: CodeOptions) => {
      const text = secret === "-" ? await standardInput() : secret;
      process.stdout.write(`${codeOf(text, options)}\n`);
    });
}

/** @param secret base32; letter case, spaces and padding do not matter */
function codeOf(secret: string, { digits, period: seconds, algorithm }: CodeOptions): string {
  const canonical = secret.replaceAll(/[\s=-]/g, "").toUpperCase();
  try {
    return generateSync({
      secret: canonical,
      digits: Number(digits),
      period: seconds,
      algorithm,
      guardrails,
    });
  } catch {
    throw new CommandError("The secret is no base32 of at least 10 bytes: letters A to Z and digits 2 to 7.");
  }
}

function period(text: string): number {
  const seconds = Number(text);
  if (seconds === 30 || seconds === 60) return seconds;
  throw new InvalidArgumentError("It is 30 or 60.");
}

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8").trim();
}
