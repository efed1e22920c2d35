import { tokenSecretOf } from "../harness/test-configuration.js";

/** Clients of these tests, told apart by the loopback address they send from. */
export const CLIENTS = {
  /** The target's word is enough. */
  plain: { address: "127.0.1.1", secret: "plain-shared-secret" },
  code: { address: "127.0.1.2", secret: "code-shared-secret" },
  held: { address: "127.0.1.3", secret: "held-shared-secret" },
  hurried: { address: "127.0.1.4", secret: "hurried-shared-secret" },
  /** Its target is said to name whom it has proven. */
  named: { address: "127.0.1.9", secret: "named-shared-secret" },
  gatewayAlone: { address: "127.0.1.5", secret: "gateway-alone-secret" },
  gatewayAloneHeld: { address: "127.0.1.6", secret: "gateway-alone-held-secret" },
  gatewayProxied: { address: "127.0.1.7", secret: "gateway-proxied-secret" },
  failover: { address: "127.0.1.8", secret: "failover-shared-secret" },
  dead: { address: "127.0.1.10", secret: "dead-shared-secret" },
  /** As dead as that one, and told so. */
  deadRejected: { address: "127.0.1.15", secret: "dead-rejected-secret" },
  circle: { address: "127.0.1.11", secret: "circle-shared-secret" },
  /** The target of `circle`, which sends back to us what it gets. */
  circleBack: { address: "127.0.1.12", secret: "circle-back-secret" },
  /** A FreeRADIUS that stands in front of us. */
  front: { address: "127.0.1.13", secret: "front-shared-secret" },
  radclient: { address: "127.0.0.1", secret: "radclient-shared-secret" },
} as const;
export type ClientName = keyof typeof CLIENTS;

export const TARGET_SECRET = "secret-of-the-target";
export const PASSWORD = "correct horse";
export const TUNNEL_PASSWORD = "tunnel secret, longer than a block";
export const SEND_KEY = "1a".repeat(16);
export const BARRED_MESSAGE = "Your password has expired.";
/** How long a client whose reject comes from the target would have waited for one of ours. */
export const REJECT_DELAY_MS = 5_000;
export const HURRIED_SECONDS = 4;

const USER_COUNT = 40;
/** The flag of an account, as FreeRADIUS has it. */
const PASSWORD_EXPIRED = 0x20000;

export const userName = (index: number): string => `user${index}`;
/** Whom the target names in its Accept of a tunnel. */
export const innerName = (index: number): string => `inner${index}`;
/** Whom it does not. */
export const UNNAMED = "unnamed";
/** Whose password has expired at the target. */
export const expiredName = (index: number): string => `expired${index}`;
/** Whom the target asks for more than a password. */
export const askedName = (index: number): string => `asked${index}`;
export const TARGETS_QUESTION = "The target asks: your PIN?";
export const TARGETS_PIN = "4711";

/** Ports on 127.0.0.1. */
export interface TargetPorts {
  readonly target: number;
  /** Nobody listens. */
  readonly closed: number;
  readonly circle: number;
}

export function targetConfiguration(listen: readonly number[], ports: TargetPorts): string {
  const listeners = listen.map((port) => `{ address: 127.0.0.1, authPort: ${port} }`).join(", ");
  const radius = listen.length === 0 ? "" : `radius: { listen: [${listeners}] }`;
  const server = (port: number): string => `{ address: 127.0.0.1, port: ${port}, secret: "${TARGET_SECRET}" }`;
  const servers = (...all: readonly number[]): string => all.map(server).join(", ");
  const client = (name: ClientName, rest: string): string =>
    `  - { name: ${name}, address: ${CLIENTS[name].address}, secret: "${CLIENTS[name].secret}", ${rest} }`;
  const at = (target: string, rest = ""): string => `target: ${target}, rejectDelayMs: 0${rest}`;
  return `${radius}
allowManualAnswers: true
clients:
${client("plain", `target: real, mfa: false, rejectDelayMs: ${REJECT_DELAY_MS}`)}
${client("code", at("real"))}
${client("held", at("real", ", methods: [manual]"))}
${client("named", at("named", ", methods: [manual]"))}
${client("hurried", at("real", `, methods: [manual], timeLimitSeconds: ${HURRIED_SECONDS}`))}
${client("gatewayAlone", at("none"))}
${client("gatewayAloneHeld", at("none", ", methods: [manual]"))}
${client("gatewayProxied", at("real", ", methods: [manual]"))}
${client("failover", at("failover", ", mfa: false"))}
${client("dead", at("dead", ", mfa: false"))}
${client("deadRejected", at("dead", `, mfa: false, whenTargetUnavailable: reject, timeLimitSeconds: ${HURRIED_SECONDS}`))}
${client("circle", at("circle", ", mfa: false"))}
${client("circleBack", at("real", ", mfa: false"))}
${client("front", at("real", ", mfa: false"))}
${client("radclient", at("real", ", mfa: false"))}
targets:
  - { name: none, type: none }
  - { name: real, type: radius, servers: [${servers(ports.target)}] }
  - { name: named, type: radius, returnsInnerIdentity: true, servers: [${servers(ports.target)}] }
  - { name: failover, type: radius, servers: [${servers(ports.closed, ports.target)}] }
  - { name: dead, type: radius, servers: [${servers(ports.closed)}] }
  - { name: circle, type: radius, servers: [${servers(ports.circle)}] }
usersFile: users.csv
`;
}

const NAMES = [userName, innerName, expiredName, askedName];

export function targetUsersFile(): string {
  const names = [...indexes().flatMap((index) => NAMES.map((nameOf) => nameOf(index))), UNNAMED, "User"];
  return `name,serial,secret\n${names.map((name) => `${name},${name},${tokenSecretOf(name)}`).join("\n")}\n`;
}

/** The users of FreeRADIUS, in its own form. RD Gateway sends no password: for it the target only looks whether it may. */
export function freeradiusUsers(): string {
  const users = indexes().map(
    (index) => `
${userName(index)} Cleartext-Password := "${PASSWORD}"
  Reply-Message := "Welcome",
  Class := 0x636c617373,
  Tunnel-Type:1 := L2TP,
  Tunnel-Password:1 := "${TUNNEL_PASSWORD}",
  MS-MPPE-Send-Key := 0x${SEND_KEY}

${innerName(index)} Cleartext-Password := "${PASSWORD}"
  User-Name := "${innerName(index)}"

${expiredName(index)} Cleartext-Password := "${PASSWORD}", SMB-Account-Ctrl := ${PASSWORD_EXPIRED}
  Class := 0x636c617373

${askedName(index)} Cleartext-Password := "${PASSWORD}", Tmp-String-0 := "${TARGETS_PIN}", Tmp-String-1 := "${TARGETS_QUESTION}"
  Class := 0x636c617373
`,
  );
  return `${users.join("")}
${UNNAMED} Cleartext-Password := "${PASSWORD}"

User Cleartext-Password := "clientPass"

barred Auth-Type := Reject
  Reply-Message := "${BARRED_MESSAGE}"

DEFAULT Called-Station-Id == "UserAuthType:PW", Auth-Type := Accept
  Class := 0x636c617373
`;
}

function indexes(): number[] {
  return Array.from({ length: USER_COUNT }, (_, index) => index);
}
