import { isIP } from "node:net";
import { z } from "zod";
import { parseClientAddress } from "../values/client-address.js";
import { ruleText } from "./rule-text.js";
import { MAX_PATH_LENGTH, secretSchema } from "./secret-schema.js";

const MAX_LISTENERS = 16;
const MAX_UDP_WORKERS = 16;
const MAX_PROXIES = 256;
const MIN_REQUESTS_PER_SECOND = 10;
const MAX_REQUESTS_PER_SECOND = 1_000_000;
const DEFAULT_REQUESTS_PER_SECOND = 20_000;
export const DEFAULT_ADDRESS = "127.0.0.1";
export const DEFAULT_AUTH_PORT = 1812;
export const DEFAULT_TLS_PORT = 2083;

function portSchema(meaning: string) {
  return z.int().min(0).max(65_535).optional().describe(meaning);
}

function pathSchema(meaning: string) {
  return z.string().min(1).max(MAX_PATH_LENGTH).describe(meaning);
}

const tlsSchema = z.strictObject({
  certificate: pathSchema(
    "Path of the gateway's certificate and what leads to its root (PEM), relative to the configuration file.",
  ),
  key: secretSchema.describe("Path of its private key (PEM), { fromFile: path } the same, or { fromEnv: NAME }."),
  ca: pathSchema(
    "Path of the certificates that the clients' certificates come from (PEM), and nothing else is trusted.",
  ),
});

const proxySchema = ruleText((text) => {
  const parsed = parseClientAddress(text);
  return parsed.ok ? undefined : parsed.failure;
});

const listenSchema = z.strictObject({
  address: ruleText((text) => (isIP(text) === 0 ? "must be an IPv4 or IPv6 address of this machine" : undefined))
    .default(DEFAULT_ADDRESS)
    .describe("IPv4 or IPv6 address to listen on; 0.0.0.0 or :: for all."),
  authPort: portSchema(
    `UDP port of authentication, ${DEFAULT_AUTH_PORT} where nothing is said; 0 lets the system choose one. Not beside tls.`,
  ),
  acctPort: portSchema("UDP port of accounting; not opened where nothing is said. Not beside tls."),
  tlsPort: portSchema(`TCP port of RADIUS/TLS (RadSec), beside tls; ${DEFAULT_TLS_PORT} where nothing is said.`),
  tls: tlsSchema.optional().describe("Makes this a listener of RADIUS/TLS (RadSec), and of no UDP."),
  proxyProtocol: z
    .array(proxySchema)
    .min(1)
    .max(MAX_PROXIES)
    .optional()
    .describe(
      "Addresses or networks of proxies: what comes from these must begin with a header of the PROXY protocol version 2, whose source is then the client. Nobody else may send one.",
    ),
});

export const radiusSchema = z.strictObject({
  listen: z
    .array(listenSchema)
    .min(1)
    .max(MAX_LISTENERS)
    .default([{ address: DEFAULT_ADDRESS, authPort: DEFAULT_AUTH_PORT }])
    .describe("Addresses and ports that the gateway listens on, none twice."),
  udpWorkers: z
    .int()
    .min(1)
    .max(MAX_UDP_WORKERS)
    .default(1)
    .describe(
      "Embedded: threads that take packets from the UDP ports; the system gives each source port of a client to one of them. 1: the thread that decides logins takes them itself. Limits that count for one gateway count for each.",
    ),
  maxRequestsPerSecond: z
    .int()
    .min(MIN_REQUESTS_PER_SECOND)
    .max(MAX_REQUESTS_PER_SECOND)
    .default(DEFAULT_REQUESTS_PER_SECOND)
    .describe(
      "Most requests a second that the gateway takes from all clients together, before it looks into them; strangers are not counted.",
    ),
});
