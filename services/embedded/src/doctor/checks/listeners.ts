import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, isIPv6 } from "node:net";
import type { ClientEntry, ListenEntry } from "@portcullis/configuration";
import { LISTEN_ADVICE } from "../../commands/start.js";
import type { Check, DoctorContext, Finding } from "../check.js";
import { askOwnProduct, type OwnProduct } from "../own-product.js";
import { listOf, placeOf } from "../words.js";

/** A port that a gateway opens. */
export interface ListenPort {
  readonly address: string;
  readonly port: number;
  /** TLS is over TCP, the others over UDP. */
  readonly use: "authentication" | "accounting" | "TLS";
}

/** Whether the gateway's ports can be had, or our own product has them; and whether clients can reach them at all. */
export const listenersCheck: Check = {
  name: "listeners",
  run: async (context) => {
    const ports = listenPortsOf(context);
    const own = context.data === undefined ? "away" : await askOwnProduct(context.data);
    const failures = await Promise.all(ports.map(bindFailureOf));
    const free = ports.filter((_, at) => failures[at] === undefined).map(nameOf);
    const taken = ports.flatMap((port, at) => {
      const code = failures[at];
      return code === undefined ? [] : [takenFinding(port, code, { own, context })];
    });
    const bindable: Finding[] =
      free.length === 0 ? [] : [{ level: "ok", what: `${listOf(free)} can be had, and nobody has it now.` }];
    return [...bindable, ...taken, ...loopbackOnly(ports, context)];
  },
};

/** Ports of the file, or in the distributed mode those of the gateway's environment. */
export function listenPortsOf({ loaded, settings }: DoctorContext): ListenPort[] {
  if (settings.PORTCULLIS_KAFKA_BROKERS === undefined) {
    return loaded.ok ? loaded.value.radius.listen.flatMap(portsOfEntry) : [];
  }
  const { PORTCULLIS_RADIUS_LISTEN, PORTCULLIS_RADIUS_ACCT_LISTEN, PORTCULLIS_RADIUS_TLS_LISTEN } = settings;
  return [
    ...PORTCULLIS_RADIUS_LISTEN.map((listen) => ({ ...listen, use: "authentication" as const })),
    ...PORTCULLIS_RADIUS_ACCT_LISTEN.map((listen) => ({ ...listen, use: "accounting" as const })),
    ...PORTCULLIS_RADIUS_TLS_LISTEN.map((listen) => ({ ...listen, use: "TLS" as const })),
  ];
}

function portsOfEntry(entry: ListenEntry): ListenPort[] {
  const { address } = entry;
  if ("tls" in entry) return [{ address, port: entry.tlsPort, use: "TLS" }];
  const authentication: ListenPort = { address, port: entry.authPort, use: "authentication" };
  return entry.acctPort === undefined
    ? [authentication]
    : [authentication, { address, port: entry.acctPort, use: "accounting" }];
}

const nameOf = ({ address, port, use }: ListenPort): string =>
  `${placeOf(address, port)}${use === "TLS" ? " (TLS)" : ""}`;

/** Opens the port and closes it again. @returns the system's code when it can't be had */
async function bindFailureOf(listen: ListenPort): Promise<string | undefined> {
  try {
    await (listen.use === "TLS" ? tryTcp(listen) : tryUdp(listen));
    return undefined;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "UNKNOWN";
  }
}

async function tryUdp({ address, port }: ListenPort): Promise<void> {
  const socket = createSocket({ type: isIPv6(address) ? "udp6" : "udp4", ipv6Only: isIPv6(address) });
  const listening = once(socket, "listening");
  socket.bind({ address, port, exclusive: true });
  try {
    await listening;
  } finally {
    socket.close();
  }
}

async function tryTcp({ address, port }: ListenPort): Promise<void> {
  const server = createServer();
  const listening = once(server, "listening");
  server.listen({ host: address, port, ipv6Only: isIPv6(address), exclusive: true });
  await listening;
  server.close();
}

function takenFinding(
  listen: ListenPort,
  code: string,
  { own, context }: { own: OwnProduct; context: DoctorContext },
): Finding {
  const name = nameOf(listen);
  if (code !== "EADDRINUSE") {
    const todo = LISTEN_ADVICE[code] ?? "Choose another address or port in the configuration.";
    return { level: "error", what: `${name} cannot be had (${code}).`, todo };
  }
  if (own === "ready") return { level: "ok", what: `${name} is in use: our own product runs, and is ready.` };
  if (own !== "away") {
    const todo = "Its log says what it waits for (event service.waits, or an error).";
    return { level: "warning", what: `${name} is in use: our own product runs, but is ${own.notReady}.`, todo };
  }
  if (context.settings.PORTCULLIS_KAFKA_BROKERS !== undefined) {
    const todo = "All is well when it is the gateway; its /readyz tells. Otherwise stop what has it.";
    return { level: "hint", what: `${name} is in use.`, todo };
  }
  const question = context.data === undefined ? " If it is Portcullis itself, give --data FOLDER, too." : "";
  return { level: "error", what: `${name} is in use by another program.`, todo: `${findHolder(listen)}${question}` };
}

const findHolder = ({ port, use }: ListenPort): string =>
  `ss -${use === "TLS" ? "t" : "u"}lnp 'sport = :${port}' shows which one. Stop it, or choose another port in the configuration (radius.listen).`;

function loopbackOnly(ports: readonly ListenPort[], { loaded }: DoctorContext): Finding[] {
  if (!loaded.ok || ports.length === 0 || !ports.every(({ address }) => isLoopback(address))) return [];
  const elsewhere = loaded.value.clients.filter(isElsewhere).map(({ name }) => name);
  if (elsewhere.length === 0) return [];
  return [
    {
      level: "warning",
      what: `${listOf(elsewhere)} cannot reach a listener on this machine's loopback.`,
      todo: "Listen on an address of this machine that its clients know, or on 0.0.0.0 (radius.listen).",
    },
  ];
}

const isElsewhere = ({ addresses }: ClientEntry): boolean =>
  addresses.length > 0 && addresses.every((address) => !isLoopback(address));

/** Of an address or a network. */
const isLoopback = (address: string): boolean => /^(127\.|::1(\/128)?$)/.test(address);
