import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

/** The repository's root: this file lies equally deep in `src` and in `dist`. */
export const REPOSITORY = resolve(import.meta.dirname, "../../../../..");

const SOURCE = join(REPOSITORY, "services/e2e/src/bench/loadgen");
const OUTPUT = join(REPOSITORY, ".cache/loadgen");
const INSTALL = join(REPOSITORY, "services/libs/tools/src/install/debian-packages.sh");
const TOOLS = ["gcc", "libc6-dev", "libssl-dev", "make"];
const BUILD_TIMEOUT_MS = 60_000;
const INSTALL_TIMEOUT_MS = 900_000;

const run = promisify(execFile);

/**
 * Builds the load generator when it is older than its sources.
 * @returns the path of the program. Fails with the compiler's messages.
 */
export async function buildLoadgen(): Promise<string> {
  if (!existsSync("/usr/include/openssl/md5.h")) await installPackages(TOOLS);
  await run("make", ["--silent", "--directory", SOURCE, `OUT=${OUTPUT}`], { timeout: BUILD_TIMEOUT_MS });
  return join(OUTPUT, "loadgen");
}

/** Installs Debian packages that are missing; quick when none is. */
export async function installPackages(packages: readonly string[]): Promise<void> {
  await run("sh", [INSTALL, ...packages], { timeout: INSTALL_TIMEOUT_MS });
}
