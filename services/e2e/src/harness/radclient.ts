import { spawn } from "node:child_process";

const TIMEOUT_MS = 30_000;

export interface RadclientReply {
  /** `Access-Accept` and the like, or undefined without a reply. */
  readonly reply: string | undefined;
  /** State as radclient prints it, `0x...`. */
  readonly state: string | undefined;
  readonly output: string;
}

/** Sends one Access-Request, or Accounting-Request, with FreeRADIUS' own client, from 127.0.0.1. */
export function radclient(
  server: { readonly port: number; readonly secret: string },
  attributes: readonly string[],
  kind: "auth" | "acct" = "auth",
): Promise<RadclientReply> {
  return new Promise((resolve, reject) => {
    const args = ["-x", "-r", "2", "-t", "3", `127.0.0.1:${server.port}`, kind, server.secret];
    const process = spawn("radclient", args, { timeout: TIMEOUT_MS });
    let output = "";
    for (const stream of [process.stdout, process.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (chunk: string) => {
        output += chunk;
      });
    }
    process.on("error", reject);
    process.on("close", () => {
      const received = output.slice(output.indexOf("Received "));
      const reply = /^Received (\S+)/.exec(received)?.[1];
      resolve({ reply, state: /State = (0x[0-9a-f]+)/.exec(received)?.[1], output });
    });
    const signed = kind === "auth" ? ["Message-Authenticator = 0x00"] : [];
    process.stdin.end(`${[...attributes, ...signed].join("\n")}\n`);
  });
}
