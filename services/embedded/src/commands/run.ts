import { challengeSettings } from "@portcullis/challenge-orchestrator";
import {
  type Configuration,
  type ConfigurationError,
  ConfigurationFile,
  checkUsers,
  formatErrors,
  loadConfiguration,
  redacted,
} from "@portcullis/configuration";
import { createLog, type Log, leaveOnSignal, type Result, readEnvironment, tracingOf } from "@portcullis/kit";
import { mobileEnvironmentSettings } from "@portcullis/mobile";
import { Command, Option } from "commander";
import { Environment } from "../config.js";
import { DataFolderError, openDataFolder } from "../product/data-folder.js";
import { untilReady } from "../product/product.js";
import { CommandError } from "../terminal/fail.js";
import { ImportProgressBars } from "../terminal/import-progress.js";
import { outboxLines } from "../terminal/outbox-lines.js";
import { startOrFail } from "./start.js";

interface RunOptions {
  readonly config?: string;
  readonly data?: string;
  readonly logLevel?: "debug" | "info" | "warn" | "error" | "silent";
  readonly check?: true;
}

export function runCommand(): Command {
  return new Command("run")
    .description("run all services in this process (embedded)")
    .option("--config <file>", "configuration file (PORTCULLIS_CONFIG_FILE)")
    .option("--data <folder>", "data folder (PORTCULLIS_DATA)")
    .addOption(
      new Option("--log-level <level>", "least level that is logged (PORTCULLIS_LOG_LEVEL)").choices([
        "debug",
        "info",
        "warn",
        "error",
        "silent",
      ]),
    )
    .option("--check", "check the configuration, print it without its secrets, and end")
    .action(run);
}

async function run(options: RunOptions): Promise<void> {
  const environment = readEnvironmentOrFail();
  const path = options.config ?? environment.PORTCULLIS_CONFIG_FILE;
  if (options.check) return check(await loadOrFail(path));
  const log = createLog("portcullis", options.logLevel ?? environment.PORTCULLIS_LOG_LEVEL);
  const { file, configuration } = await openOrFail(path, log);
  const data = options.data ?? environment.PORTCULLIS_DATA;
  if (data === undefined)
    throw new CommandError("Where is the data to be kept? Give --data FOLDER or set PORTCULLIS_DATA.");
  let bars = process.stderr.isTTY ? new ImportProgressBars() : undefined;
  const product = await startOrFail({
    configuration,
    file,
    challenges: challengeSettings(environment),
    devices: mobileEnvironmentSettings(environment),
    tracing: tracingOf(environment, "portcullis"),
    folder: openFolderOrFail(data),
    log,
    onProgress: (progress) => bars?.show(progress),
    // Beside the log and not in it: it is read by whoever tries the product, and has codes.
    onOutboxEntry: (entry) => process.stderr.write(outboxLines(entry)),
  });
  leaveOnSignal(async () => {
    log.info("product.leaving");
    await product.stop();
    log.info("product.left");
  });
  await untilReady(product);
  bars?.stop();
  bars = undefined;
  log.info("product.ready", { radius: product.radiusAddresses, http: product.httpAddresses });
}

async function loadOrFail(path: string | undefined): Promise<Configuration> {
  return orFail(await loadConfiguration(named(path), { env: process.env }));
}

/** Opens a file that is right now and will be read again when it changes. */
export async function openOrFail(
  path: string | undefined,
  log: Log,
): Promise<{ file: ConfigurationFile; configuration: Configuration }> {
  return orFail(await ConfigurationFile.open(named(path), { env: process.env, log }));
}

function named(path: string | undefined): string {
  if (path !== undefined) return path;
  throw new CommandError("Which configuration? Give --config FILE or set PORTCULLIS_CONFIG_FILE.");
}

function orFail<Value>(loaded: Result<Value, readonly ConfigurationError[]>): Value {
  if (loaded.ok) return loaded.value;
  throw new CommandError(`The configuration is wrong.\n${formatErrors(loaded.failure)}`);
}

export function openFolderOrFail(path: string): ReturnType<typeof openDataFolder> {
  try {
    return openDataFolder(path);
  } catch (error) {
    if (error instanceof DataFolderError) throw new CommandError(error.message);
    throw error;
  }
}

async function check(configuration: Configuration): Promise<void> {
  const users = await checkUsers(configuration);
  if (!users.ok) throw new CommandError(`The users are wrong.\n${formatErrors(users.failure)}`);
  if (configuration.warnings.length > 0) process.stderr.write(`${formatErrors(configuration.warnings)}\n`);
  process.stdout.write(`${redacted(configuration).trimEnd()}\n`);
}

export function readEnvironmentOrFail(): ReturnType<typeof readEnvironment<typeof Environment>> {
  try {
    return readEnvironment(Environment, process.env);
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}
