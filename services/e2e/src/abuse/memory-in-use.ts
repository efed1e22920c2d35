import { readFileSync } from "node:fs";
import { connect } from "node:net";

const TIMEOUT_MS = 5_000;
const MIB = 1_048_576;

/** The memory of a process that is in use (VmRSS of proc(5)), MiB. */
export function rssMib(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kib) / 1_024;
}

/** What Redis has allocated, MiB: one inline command, for which no client is needed. */
export function redisMib({ port }: { readonly port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("INFO memory\r\n"));
    let text = "";
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error("Redis does not answer INFO")));
    socket.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      const [, bytes] = /^used_memory:(\d+)\r$/m.exec(text) ?? [];
      if (bytes === undefined) return;
      socket.destroy();
      resolve(Number(bytes) / MIB);
    });
    socket.on("error", reject);
  });
}
