import { loadConfiguration } from "@portcullis/configuration";
import { readEnvironment } from "@portcullis/kit";
import { Command } from "commander";
import { DoctorEnvironment, type DoctorSettings } from "../config.js";
import type { DoctorContext, LoginToTry } from "../doctor/check.js";
import { CHECKS } from "../doctor/checks.js";
import { formatReport, reportJson } from "../doctor/report.js";
import { runChecks, worstOf } from "../doctor/run-checks.js";
import { Asker } from "../terminal/ask.js";
import { CommandError } from "../terminal/fail.js";

/** Longer lines are hard to read, whatever the terminal's width. */
const MAX_WIDTH = 120;
const DEFAULT_WIDTH = 100;

interface DoctorOptions {
  readonly config?: string;
  readonly data?: string;
  readonly login?: string;
  readonly client?: string;
  readonly json?: true;
}

export function doctorCommand(): Command {
  return new Command("doctor")
    .description("check an installation, before it runs and while it does, and say what to do")
    .option("--config <file>", "configuration file (PORTCULLIS_CONFIG_FILE)")
    .option("--data <folder>", "data folder of an embedded product (PORTCULLIS_DATA)")
    .option("--login <user>", "try a login of this user, too; the password is asked for")
    .option("--client <name>", "with --login: at this client's target; otherwise at the product itself")
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      "\nWhere the settings of Redis, Kafka and PostgreSQL are set (PORTCULLIS_...), these are checked, too.",
    )
    .action(doctor);
}

async function doctor(options: DoctorOptions): Promise<void> {
  const settings = readSettings();
  const file = options.config ?? settings.PORTCULLIS_CONFIG_FILE;
  if (file === undefined) {
    throw new CommandError("Which configuration? Give --config FILE or set PORTCULLIS_CONFIG_FILE.");
  }
  const data = options.data ?? settings.PORTCULLIS_DATA;
  const login = await loginToTry(options);
  const context: DoctorContext = {
    file,
    loaded: await loadConfiguration(file, { env: process.env }),
    settings,
    env: process.env,
    ...(data === undefined ? {} : { data }),
    ...(login === undefined ? {} : { login }),
  };
  const reports = await runChecks(CHECKS, context);
  const style = { colours: process.stdout.isTTY && process.stdout.hasColors(), width: widthOf(process.stdout) };
  process.stdout.write(options.json ? reportJson(file, reports) : `\n${formatReport(reports, style)}\n`);
  if (worstOf(reports) === "error") process.exitCode = 1;
}

/** Variables of single services are theirs to judge: the doctor may run with the environment of any of them. */
function readSettings(): DoctorSettings {
  const known = Object.keys(DoctorEnvironment.shape).map((name) => [name, process.env[name]]);
  try {
    return readEnvironment(DoctorEnvironment, Object.fromEntries(known));
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}

async function loginToTry({ login: user, client }: DoctorOptions): Promise<LoginToTry | undefined> {
  if (user === undefined) {
    if (client !== undefined) throw new CommandError("--client is for a test login: give --login USER, too.");
    return undefined;
  }
  const asker = new Asker();
  try {
    const password = await asker.ask(`Password of ${user}: `, false);
    if (password === undefined) throw new CommandError("A test login needs a password, and the input ended.");
    return { user, password, ...(client === undefined ? {} : { client }) };
  } finally {
    asker.close();
  }
}

function widthOf({ isTTY, columns }: NodeJS.WriteStream): number {
  return isTTY ? Math.min(columns, MAX_WIDTH) : DEFAULT_WIDTH;
}
