import type { BenchUser } from "../bench-users.js";
import { type Home, SHARED_SECRET, WORKLOADS, type WorkloadName } from "../subject.js";

interface BenchConfiguration {
  /** Where the embedded product listens; the gateways of the distributed one are told otherwise. */
  readonly listen?: readonly { readonly address: string; readonly authPort: number }[];
  /** Of the embedded product. */
  readonly udpWorkers?: number;
  /** Beside the configuration file, or a full path. */
  readonly usersFile: string;
  readonly home?: Pick<Home, "port" | "tunnelPort">;
  /** Users with one and the same local password; the product hashes it for each of them. */
  readonly local?: { readonly users: readonly BenchUser[]; readonly password: string };
}

/** All exchanges of the duplicate window are remembered: at thousands of logins a second the default is used up. */
const MAX_EXCHANGES = 1_000_000;
/** No limit: it is the product that is measured. */
const MAX_REQUESTS_PER_SECOND = 1_000_000;

/** The product's `portcullis.yaml` (as JSON, which is YAML too): one client for each workload. */
export function benchConfiguration({ listen, udpWorkers, usersFile, home, local }: BenchConfiguration): string {
  const clients = [
    client("totp", { target: "trusted", mfa: true }),
    client("pap", { target: "trusted", mfa: false }),
    client("local", { target: "local", mfa: false }),
    ...(home === undefined
      ? []
      : [client("proxied", { target: "home", mfa: false }), client("peap", { target: "tunnels", mfa: false })]),
  ];
  const targets = [
    { name: "trusted", type: "none" },
    { name: "local", type: "local" },
    ...(home === undefined ? [] : [radiusTarget("home", home.port), radiusTarget("tunnels", home.tunnelPort)]),
  ];
  const users = local?.users.map(({ name }) => ({ name, password: local.password }));
  return `${JSON.stringify({ radius: listen && { listen, udpWorkers, maxRequestsPerSecond: MAX_REQUESTS_PER_SECOND }, clients, targets, users, usersFile }, undefined, 2)}\n`;
}

export function usersCsv(users: readonly BenchUser[]): string {
  const rows = users.map(({ name, secret }) => `${name},${name},${secret}\n`);
  return `name,serial,secret\n${rows.join("")}`;
}

function radiusTarget(name: string, port: number) {
  return { name, type: "radius", servers: [{ address: "127.0.0.1", port, secret: SHARED_SECRET }] };
}

function client(workload: WorkloadName, first: { target: string; mfa: boolean }) {
  return {
    name: workload,
    address: `${WORKLOADS[workload].source}/32`,
    secret: SHARED_SECRET,
    ...first,
    requireUserMatch: first.mfa,
    requireMessageAuthenticator: true,
    rejectDelayMs: 0,
    maxExchanges: MAX_EXCHANGES,
    maxRequestsPerSecond: MAX_REQUESTS_PER_SECOND,
  };
}
