import { spawn } from "node:child_process";

/** More than any of these programs takes, less than a test may. */
const TIMEOUT_MS = 25_000;

export interface Typed {
  readonly code: number | null;
  /** Standard output and standard error. */
  readonly output: string;
}

/** Runs a program to its end that asks its user for something. @param lines what the user types, in order */
export function typeInto(command: string, args: readonly string[], lines: readonly string[]): Promise<Typed> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { timeout: TIMEOUT_MS, killSignal: "SIGKILL" });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (chunk: string) => {
        output += chunk;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
    // A program that ends before it has read everything is none of our errors.
    child.stdin.on("error", () => undefined);
    child.stdin.end(lines.map((line) => `${line}\n`).join(""));
  });
}
