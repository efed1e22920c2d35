import { BlockList, isIPv6 } from "node:net";
import type { ClientEntry, Configuration, Secret } from "@portcullis/configuration";
import {
  AttributeType,
  Code,
  decodeUtf8,
  type ExchangeResult,
  isExchangeFailed,
  type Packet,
  RadiusClient,
  SharedSecret,
  textAttribute,
} from "@portcullis/radius";
import type { Check, DoctorContext, Finding, LoginToTry } from "../check.js";
import { exchangeTrouble } from "../exchange-trouble.js";
import { radiusTargetsOf } from "../radius-targets.js";
import { listOf, placeOf } from "../words.js";
import { listenPortsOf } from "./listeners.js";

/** A login may wait for its factor. */
const INTERVAL_MS = 3_000;
const TRIES = 10;
const LIMIT_MS = 35_000;
const MAX_MESSAGE_LENGTH = 200;
const NAS_IDENTIFIER = "portcullis-doctor";

/** Where a test login goes. */
interface Server {
  readonly label: string;
  readonly host: string;
  readonly port: number;
  readonly secret: Secret;
  readonly requireMessageAuthenticator: boolean;
  readonly localAddress?: string;
}

/** One login with a password, at a client's target or at our own product. Only when asked for. */
export const testLoginCheck: Check = {
  name: "test login",
  limitMs: LIMIT_MS,
  run: async (context) => {
    const { login, loaded } = context;
    if (login === undefined || !loaded.ok) return [];
    const server = serverFor(login, loaded.value, context);
    if ("level" in server) return [server];
    const { label, secret, ...where } = server;
    const client = new RadiusClient({
      ...where,
      secret: new SharedSecret(secret.reveal()),
      intervalMs: INTERVAL_MS,
      tries: TRIES,
      giveUpWhenUnreachable: true,
    });
    const attributes = textAttribute(AttributeType.NasIdentifier, NAS_IDENTIFIER);
    const result = await client.send({ userName: login.user, password: login.password, attributes });
    return [loginFinding(result, login.user, `${label} at ${placeOf(where.host, where.port)}`)];
  },
};

/** @returns where to send the login, or why it cannot be tried */
function serverFor(login: LoginToTry, configuration: Configuration, context: DoctorContext): Server | Finding {
  const { clients, targets } = configuration;
  const named = clients.find(({ name }) => name === login.client);
  if (login.client !== undefined && named === undefined) {
    const todo = `There ${clients.length === 1 ? "is" : "are"} ${listOf(clients.map(({ name }) => name))}.`;
    return { level: "error", what: `There is no client ${JSON.stringify(login.client)}.`, todo };
  }
  const target = radiusTargetsOf(targets).find(({ name }) => name === named?.target);
  const [first] = target?.servers ?? [];
  if (target === undefined || first === undefined) return ownProduct(clients, named, context);
  return {
    label: `target ${target.name}`,
    host: first.address,
    port: first.port,
    secret: first.secret,
    requireMessageAuthenticator: first.requireMessageAuthenticator === "yes",
  };
}

/** Our own product, asked from this machine: as the client that the address of its listener belongs to. */
function ownProduct(
  clients: readonly ClientEntry[],
  named: ClientEntry | undefined,
  context: DoctorContext,
): Server | Finding {
  for (const { address, port, use } of listenPortsOf(context)) {
    if (use !== "authentication" || port === 0) continue;
    const host = hostOf(address);
    const source = named === undefined ? host : sourceOf(named, host);
    const client = source === undefined ? undefined : clientAt(clients, source);
    const [secret] = client?.secrets ?? [];
    if (client === undefined || secret === undefined || (named !== undefined && client !== named)) continue;
    return {
      label: `our own product, as ${client.name},`,
      host,
      port,
      secret,
      requireMessageAuthenticator: true,
      ...(source === undefined || source === host ? {} : { localAddress: source }),
    };
  }
  const who = named === undefined ? "No client" : `${named.name} does not have an address of this machine; no packet`;
  return {
    level: "error",
    what:
      named === undefined
        ? `${who} has an address of this machine, so nobody can log in from here.`
        : `${who} can be sent in its name.`,
    todo: "For trying, add a client with the address 127.0.0.1 and a listener on 127.0.0.1, or name a client with a target of type radius: --client NAME.",
  };
}

/** Where this machine reaches a listener of its own; the kernel then sends from the same address. */
function hostOf(address: string): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  return address === "::" ? "::1" : address;
}

/** The address to send from in a client's name: any of loopback is ours. */
function sourceOf({ addresses }: ClientEntry, host: string): string | undefined {
  if (addresses.some((network) => contains(network, host))) return host;
  const [loopback] = addresses.filter((network) => host.startsWith("127.") && network.startsWith("127."));
  return loopback?.slice(0, loopback.indexOf("/"));
}

/** The longest prefix wins, as at the gateway. */
function clientAt(clients: readonly ClientEntry[], address: string): ClientEntry | undefined {
  const matches = clients.flatMap((client) =>
    client.addresses
      .filter((network) => contains(network, address))
      .map((network) => ({ client, bits: bitsOf(network) })),
  );
  return matches.toSorted((one, other) => other.bits - one.bits)[0]?.client;
}

function contains(network: string, address: string): boolean {
  const family = network.includes(":") ? "ipv6" : "ipv4";
  if ((family === "ipv6") !== isIPv6(address)) return false;
  const list = new BlockList();
  list.addSubnet(network.slice(0, network.indexOf("/")), bitsOf(network), family);
  return list.check(address, family);
}

const bitsOf = (network: string): number => Number(network.slice(network.indexOf("/") + 1));

function loginFinding(result: ExchangeResult, user: string, place: string): Finding {
  if (isExchangeFailed(result)) return exchangeTrouble(result, place) ?? silence(place, result.attempts);
  const { packet, elapsedMs } = result;
  const after = `after ${Math.round(elapsedMs)} ms`;
  const message = messageOf(packet);
  const said = message === "" ? "" : ` It says: ${message}`;
  switch (packet.code) {
    case Code.AccessAccept:
      return { level: "ok", what: `${user} is accepted by ${place} ${after}.` };
    case Code.AccessChallenge:
      return { level: "ok", what: `${user} is asked for the next factor by ${place} ${after}.${said}` };
    default:
      return {
        level: "error",
        what: `${user} is rejected by ${place} ${after}.${said}`,
        todo: "Is the password right, and may this user log in there? The server's log, or our audit, says why.",
      };
  }
}

function silence(place: string, attempts: number): Finding {
  return {
    level: "error",
    what: `No answer to the login from ${place}; the packet was sent ${attempts} times.`,
    why: "A RADIUS server is silent to a machine that it does not know as its client, and to a wrong secret.",
    todo: "Its log tells which. Is this machine in its list of clients, with the secret of the configuration?",
  };
}

/** What the server wants the user to read; it comes from outside, so it may hold anything. */
function messageOf(packet: Packet): string {
  const parts = packet.all(AttributeType.ReplyMessage).map((part) => decodeUtf8(part) ?? "");
  return parts
    .join("")
    .replaceAll(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, MAX_MESSAGE_LENGTH);
}
