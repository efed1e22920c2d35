import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Debian keeps each major version's server programs here, off the PATH. */
const DEBIAN_ROOT = "/usr/lib/postgresql";
const PREFERRED_MAJOR = "15";

/** The folder with `initdb` and `postgres`. Fails with what to install when there is none. */
export function postgresPrograms(): string {
  const found = candidates().find((folder) => existsSync(join(folder, "initdb")));
  if (found === undefined)
    throw new Error("no PostgreSQL server found; run services/libs/tools/src/install/test-stores.sh");
  return found;
}

function candidates(): string[] {
  const debian = debianMajors().map((major) => join(DEBIAN_ROOT, major, "bin"));
  const path = (process.env["PATH"] ?? "").split(":").filter((folder) => folder !== "");
  return [...debian, ...configuredFolder(), ...path];
}

/** The preferred major first, then the newest. */
function debianMajors(): string[] {
  if (!existsSync(DEBIAN_ROOT)) return [];
  const rank = (major: string) => (major === PREFERRED_MAJOR ? Number.MAX_SAFE_INTEGER : Number.parseInt(major, 10));
  return readdirSync(DEBIAN_ROOT).sort((one, other) => rank(other) - rank(one));
}

function configuredFolder(): string[] {
  try {
    return [execFileSync("pg_config", ["--bindir"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim()];
  } catch {
    // pg_config is not installed, which is usual.
    return [];
  }
}
