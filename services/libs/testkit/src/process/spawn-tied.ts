import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";

export interface TiedCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string | undefined;
  /** The system user to run as; only root can change it. */
  readonly user: string | undefined;
}

/** Part of util-linux, which is on every Debian. It replaces itself by the command: the process id is the command's. */
const SETPRIV = "/usr/bin/setpriv";

/**
 * Starts a command, as leader of its own process group, with its output piped, that the kernel kills when the thread
 * that called this ends, however it ends (Linux; elsewhere only process-registry.ts cleans up).
 */
export function spawnTied({ command, args, env, cwd, user }: TiedCommand): ChildProcess {
  const tied = existsSync(SETPRIV) && process.platform === "linux";
  if (user !== undefined && !tied) throw new Error(`cannot run ${command} as ${user}: ${SETPRIV} is missing`);
  const identity = user === undefined ? [] : [`--reuid=${user}`, `--regid=${user}`, "--init-groups"];
  const [file, argv] = tied
    ? [SETPRIV, [...identity, "--pdeathsig", "SIGKILL", "--", command, ...args]]
    : [command, [...args]];
  return spawn(file, argv, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
}
