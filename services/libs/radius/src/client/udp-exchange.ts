import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import type { Packet } from "../packet.js";
import { type ExchangeFailed, type ExchangeResult, failedBeforeSending } from "./exchange-result.js";
import { isIgnored, type ReplyExpectation, type ReplyFault, verifyReply } from "./verify-reply.js";

/** Where and how a request is sent. */
export interface UdpRoute {
  /** An address, or a name; of a name the first address is taken. */
  readonly host: string;
  readonly port: number;
  /** 0 or left out: any free port. */
  readonly localPort: number;
  readonly localAddress: string | undefined;
  /** The wait after each attempt. */
  readonly intervalMs: number;
  /** How often the same octets are sent. */
  readonly tries: number;
  /** Whether the first error of the network ends the exchange. */
  readonly giveUpWhenUnreachable: boolean;
  /** A clock that never goes back. */
  readonly nowMs: () => number;
}

/**
 * Sends a request over UDP until a reply verifies or the tries are used up. RFC 5080 section 2.2.1: the same octets from the
 * same port. The socket is connected, so the kernel lets through what comes from the server's address and port only, and
 * reports ICMP. A datagram that does not verify is counted and has no other effect, also not on the timer: else anyone could
 * end or prolong an exchange.
 * @returns the reply, or why there is none; every failure is a value
 */
export async function exchangeOverUdp(route: UdpRoute, expectation: ReplyExpectation): Promise<ExchangeResult> {
  let server: { readonly address: string; readonly family: number };
  try {
    server = await lookup(route.host);
  } catch (error) {
    return failedBeforeSending("unresolvable", codeOf(error));
  }
  const socket = createSocket(server.family === 6 ? "udp6" : "udp4");
  try {
    const connected = once(socket, "connect");
    socket.bind({
      port: route.localPort,
      ...(route.localAddress === undefined ? {} : { address: route.localAddress }),
    });
    socket.connect(route.port, server.address);
    await connected;
  } catch (error) {
    socket.close();
    return failedBeforeSending(...bindFailure(codeOf(error)));
  }
  try {
    return await converse(socket, route, expectation);
  } finally {
    socket.close();
  }
}

async function converse(socket: Socket, route: UdpRoute, expectation: ReplyExpectation): Promise<ExchangeResult> {
  const outcome = Promise.withResolvers<Packet | "no-reply">();
  const ignored: Partial<Record<ReplyFault, number>> = {};
  const startedMs = route.nowMs();
  const requestOctets = expectation.request.octets;
  let attempts = 0;
  let systemCode: string | undefined;
  let timer: NodeJS.Timeout | undefined;

  const onError = (error: Error | null): void => {
    if (error !== null) {
      systemCode = codeOf(error);
      if (route.giveUpWhenUnreachable) {
        outcome.resolve("no-reply");
      }
    }
  };
  const attempt = (): void => {
    if (attempts === route.tries) {
      outcome.resolve("no-reply");
      return;
    }
    attempts++;
    // An error of the try before is history once the server had another chance.
    systemCode = undefined;
    socket.send(requestOctets, onError);
    timer = setTimeout(attempt, route.intervalMs);
  };
  socket.on("error", onError);
  socket.on("message", (datagram) => {
    const reply = verifyReply(datagram, expectation);
    if (isIgnored(reply)) {
      ignored[reply.ignored] = (ignored[reply.ignored] ?? 0) + 1;
    } else {
      outcome.resolve(reply);
    }
  });
  attempt();
  const reply = await outcome.promise;
  clearTimeout(timer);
  const trace = { requestOctets, attempts, elapsedMs: route.nowMs() - startedMs, ignored };
  return reply === "no-reply" ? noReply(trace, systemCode) : { ...trace, packet: reply, replyOctets: reply.octets };
}

function noReply(trace: Omit<ExchangeFailed, "failure">, systemCode: string | undefined): ExchangeFailed {
  return systemCode === undefined ? { ...trace, failure: "timeout" } : { ...trace, failure: "unreachable", systemCode };
}

/** Binding fails for the local address, connecting for the way to the server. */
function bindFailure(code: string): ["local-address" | "unreachable", string] {
  const local = code === "EADDRINUSE" || code === "EADDRNOTAVAIL" || code === "EACCES" || code === "EINVAL";
  return [local ? "local-address" : "unreachable", code];
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "UNKNOWN";
}
