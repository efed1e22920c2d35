import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";

const LOOPBACK = "127.0.0.1";
const LOWEST_PORT = 10_240;
const DEFAULT_EPHEMERAL_START = 32_768;
const ATTEMPTS_LIMIT = 200;

const handedOut = new Set<number>();

/**
 * A port of 127.0.0.1 that is free for TCP and UDP, found by binding both, and not handed out before in this process.
 * It lies below the ports that the system gives to outgoing connections: a client that keeps on connecting to a killed
 * server would sooner or later get that very port as its own, and the server could not come back.
 */
export async function freePort(): Promise<number> {
  const ceiling = ephemeralStart();
  for (let attempt = 0; attempt < ATTEMPTS_LIMIT; attempt++) {
    const port = randomInt(LOWEST_PORT, ceiling);
    if (handedOut.has(port)) continue;
    if ((await tcpIsFree(port)) && (await udpIsFree(port))) {
      handedOut.add(port);
      return port;
    }
  }
  throw new Error(`no free port found between ${LOWEST_PORT} and ${ceiling} in ${ATTEMPTS_LIMIT} tries`);
}

function ephemeralStart(): number {
  try {
    const start = Number.parseInt(readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8"), 10);
    return start > LOWEST_PORT + 1_000 ? start : DEFAULT_EPHEMERAL_START;
  } catch {
    // Not Linux: other systems start at 49152.
    return DEFAULT_EPHEMERAL_START;
  }
}

function tcpIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, LOOPBACK, () => server.close(() => resolve(true)));
  });
}

function udpIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", () => socket.close(() => resolve(false)));
    socket.bind(port, LOOPBACK, () => socket.close(() => resolve(true)));
  });
}
