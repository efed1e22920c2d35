import { readFileSync } from "node:fs";
import cliProgress from "cli-progress";
import { Command, Option } from "commander";
import type { RunningProduct } from "../product/running-product.js";
import { Asker } from "../terminal/ask.js";
import { CommandError } from "../terminal/fail.js";
import { type FileEntry, TokenFileTrouble } from "../token-files/file-token.js";
import { type ImportReport, type Refusal, reportText } from "../token-files/import-report.js";
import type { PskcSecrets } from "../token-files/pskc/pskc-encryption.js";
import { readPskc } from "../token-files/pskc/read-pskc.js";
import { type OwnedToken, sendTokens } from "../token-files/send-tokens.js";
import { readTokenCsv, readTokenUsers } from "../token-files/token-csv.js";
import { importUsers } from "./import-users.js";

/** Only what takes long enough to wonder about is shown. */
const SHOW_BAR_FROM = 2_000;
/** For scripts: the file was read, and something of it was not taken. */
const EXIT_REFUSED = 2;

interface ImportOptions extends RunningProduct {
  readonly type: "pskc" | "tokens" | "users";
  readonly config?: string;
  readonly replace?: true;
  readonly users?: string;
  readonly keyFile?: string;
  readonly passphraseFile?: string;
  readonly dryRun?: true;
  readonly json?: true;
}

export function importCommand(): Command {
  return new Command("import")
    .description("take over OATH tokens from a file into a running product, or users into the users' file")
    .argument("<file>", "the file with the tokens or users")
    .addOption(
      new Option(
        "--type <type>",
        "pskc: a key container, RFC 6030. tokens: CSV, also as Microsoft Entra has it. users: CSV as users.csv",
      )
        .choices(["pskc", "tokens", "users"])
        .makeOptionMandatory(),
    )
    .option("--users <file>", "CSV with the columns serial and user, where the file does not say whose a token is")
    .option("--key-file <file>", "pskc: file with the pre-shared key in hexadecimal")
    .option("--passphrase-file <file>", "pskc: file with the passphrase; asked for when it is needed and not given")
    .option("--config <file>", "users: the configuration whose usersFile they come into (PORTCULLIS_CONFIG_FILE)")
    .option("--replace", "users: a row takes the place of the one of the same user")
    .option("--dry-run", "check everything and store nothing")
    .option("--json", "the report as JSON")
    .option("--data <folder>", "tokens: data folder of an embedded product")
    .option("--url <url>", "tokens: internal interface of challenge-orchestrator (distributed)")
    .option("--api-key-file <file>", "file with the key for it")
    .action(importFile);
}

async function importFile(file: string, options: ImportOptions): Promise<void> {
  const report = options.type === "users" ? await importUsers(file, options) : await importTokens(file, options);
  process.stdout.write(options.json ? `${JSON.stringify(report, undefined, 2)}\n` : reportText(report));
  if (report.refused.length === 0) return;
  throw new CommandError("Not everything was taken: the report says what and why.", EXIT_REFUSED);
}

async function importTokens(file: string, options: ImportOptions): Promise<ImportReport> {
  const entries = await readOrFail(file, () =>
    options.type === "pskc" ? readPskc(file, secretsFrom(options), Date.now()) : readTokenCsv(file),
  );
  const { users: usersFile } = options;
  const users = usersFile === undefined ? new Map() : await readOrFail(usersFile, () => readTokenUsers(usersFile));
  return importEntries(file, owned(entries, users), options);
}

type OwnedEntry = Refusal | { readonly place: string; readonly token: OwnedToken };

/** Gives each token its user; a list of users comes before what the file itself says. */
function owned(entries: readonly FileEntry[], users: ReadonlyMap<string, string>): OwnedEntry[] {
  return entries.map((entry) => {
    const { place } = entry;
    if (!("token" in entry)) return { place, name: entry.serial, reason: entry.reason };
    const { token } = entry;
    const userName = users.get(token.serial) ?? token.userName;
    if (userName !== undefined) return { place, token: { ...token, userName } };
    return { place, name: token.serial, reason: "does not say whose it is: give --users FILE" };
  });
}

async function importEntries(
  file: string,
  entries: readonly OwnedEntry[],
  options: ImportOptions,
): Promise<ImportReport> {
  const tokens = entries.flatMap((entry) => ("token" in entry ? [entry] : []));
  const bar = barFor(tokens.length);
  const sent = tokens.map(({ token }) => token);
  const dryRun = options.dryRun === true;
  const outcomes = await sendTokens(options, sent, { dryRun, onProgress: (done) => bar?.update(done) }).finally(() =>
    bar?.stop(),
  );
  const told = new Map(tokens.map((entry, at) => [entry as OwnedEntry, outcomes[at]]));
  const refused = entries.flatMap((entry): Refusal[] => {
    if (!("token" in entry)) return [entry];
    const outcome = told.get(entry);
    return outcome?.outcome === "refused" ? [{ place: entry.place, name: outcome.serial, reason: outcome.reason }] : [];
  });
  const count = (wanted: "added" | "replaced") => outcomes.filter(({ outcome }) => outcome === wanted).length;
  return {
    file,
    dryRun,
    what: "tokens",
    total: entries.length,
    added: count("added"),
    replaced: count("replaced"),
    refused,
  };
}

function barFor(total: number): cliProgress.SingleBar | undefined {
  if (total < SHOW_BAR_FROM || !process.stderr.isTTY) return undefined;
  const format = "  tokens {bar} {percentage}% {value}/{total}";
  const bar = new cliProgress.SingleBar(
    { format, hideCursor: true, stream: process.stderr },
    cliProgress.Presets.shades_classic,
  );
  bar.start(total, 0);
  return bar;
}

/** The system's own message of a file that cannot be read names it, and quotes nothing of it. */
async function readOrFail<Value>(file: string, read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TokenFileTrouble) throw new CommandError(`${file}: ${error.message}.`);
    if (error instanceof Error && "code" in error && "path" in error) throw new CommandError(error.message);
    throw error;
  }
}

function secretsFrom({ keyFile, passphraseFile }: ImportOptions): PskcSecrets {
  return {
    presharedKey: async () => {
      if (keyFile === undefined)
        throw new CommandError("The file is encrypted with a pre-shared key: give --key-file FILE.");
      const text = readFileSync(keyFile, "utf8").replace(/\s+/g, "");
      if (/^(?:[0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64})$/i.test(text)) return Buffer.from(text, "hex");
      throw new CommandError(`${keyFile} must hold a key of 128, 192 or 256 bits in hexadecimal.`);
    },
    passphrase: async () => {
      if (passphraseFile !== undefined) return readFileSync(passphraseFile, "utf8").replace(/\r?\n$/, "");
      const asker = new Asker();
      try {
        const typed = await asker.ask("Passphrase of the file: ", false);
        if (typed !== undefined && typed !== "") return typed;
        throw new CommandError("The file is encrypted with a passphrase: give --passphrase-file FILE.");
      } finally {
        asker.close();
      }
    },
  };
}
