import { spawn } from "node:child_process";
import { resolve } from "node:path";

/** The command line, built. */
export const PORTCULLIS = resolve(import.meta.dirname, "../../../embedded/dist/main.js");
const TIMEOUT_MS = 60_000;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line to its end. Without an input it has none. */
export function portcullis(
  args: readonly string[],
  environment: Record<string, string> = {},
  input?: string,
): Promise<Ended> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [PORTCULLIS, ...args], {
      env: { PATH: process.env["PATH"] ?? "", ...environment },
      timeout: TIMEOUT_MS,
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    child.stdin?.end(input);
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    child.on("error", reject);
    child.on("close", (code) => done({ code, stdout, stderr }));
  });
}
