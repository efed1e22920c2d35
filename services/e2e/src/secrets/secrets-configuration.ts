import { randomBytes, randomInt } from "node:crypto";

const PIN_DIGITS = 10;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** Distinct enough to be found by nothing but themselves, and with what JSON and URLs write otherwise. */
const secret = (what: string): string => `${what} ä"/+ ${randomBytes(9).toString("base64url")}`;
const plainSecret = (what: string): string => `${what}-${randomBytes(9).toString("base64url")}`;
const seed = (): string => [...randomBytes(32)].map((octet) => ALPHABET[octet % 32]).join("");

/** Begins with no 0, so that it stays as long wherever it is a number. */
const number = (digits: number): string => String(randomInt(10 ** (digits - 1), 10 ** digits));

/** Digits of which no two neighbours are the same or follow each other: no other PIN is taken. */
function pin(): string {
  let digit = randomInt(10);
  return Array.from({ length: PIN_DIGITS }, () => {
    digit = (digit + 2 + randomInt(6)) % 10;
    return digit;
  }).join("");
}

export const CODE_DIGITS = 8;

/** Everything that a run of these tests puts in and nobody may read again. A new kind of secret is an entry here. */
export function makeSecrets() {
  return {
    /** Of clients, by their name. */
    clients: {
      vpn: plainSecret("vpn"),
      real: plainSecret("real"),
      held: plainSecret("held"),
      added: plainSecret("added"),
      plain: plainSecret("plain"),
    },
    target: plainSecret("target"),
    /** Sent to the client by our own reply attributes. */
    tunnelPassword: plainSecret("tunnel"),
    /** Sent by the target in its Accept. */
    targetsTunnelPassword: plainSecret("targets-tunnel"),
    passwords: { alice: secret("alice"), bob: plainSecret("bob"), carol: plainSecret("carol"), dave: secret("dave") },
    /** Typed and wrong. */
    wrongPassword: plainSecret("wrong"),
    wrongApiKey: plainSecret("wrong-api-key"),
    /** Phones are no secrets that let anybody in, and nobody's business all the same. */
    phones: { alice: `+4930${number(8)}`, backup: `+4989${number(8)}` },
    pin: pin(),
    /** Of providers and for web push, as they stand in the file. */
    settings: { twilio: plainSecret("twilio"), smtp: plainSecret("smtp") },
    seeds: { alice: seed(), bob: seed(), carol: seed(), dave: seed() },
  };
}

export type Secrets = ReturnType<typeof makeSecrets>;
export type UserName = keyof Secrets["passwords"];

/** Clients are told apart by the loopback address they send from; radclient has no choice. */
export const ADDRESSES = {
  vpn: "127.0.3.1",
  real: "127.0.0.1",
  held: "127.0.3.3",
  added: "127.0.3.4",
  plain: "127.0.3.5",
} as const;
export type ClientName = keyof typeof ADDRESSES;

export interface Ports {
  readonly listen: readonly number[];
  readonly accounting: readonly number[];
  readonly target: { readonly port: number; readonly accountingPort: number };
}

/** @param withAdded the file as it is after its change: one client and one user more */
export function secretsConfiguration(
  secrets: Secrets,
  { listen, accounting, target }: Ports,
  withAdded: boolean,
): string {
  const listeners = listen.map(
    (port, at) => `{ address: 127.0.0.1, authPort: ${port}, acctPort: ${accounting[at] ?? 0} }`,
  );
  const radius = listen.length === 0 ? "" : `radius: { listen: [${listeners.join(", ")}] }`;
  const client = (name: ClientName, rest: string): string =>
    `  - { name: ${name}, address: ${ADDRESSES[name]}, secret: "${secrets.clients[name]}", rejectDelayMs: 0, ${rest} }`;
  const user = (name: UserName, more = ""): string =>
    `  - { name: ${name},${more} password: ${JSON.stringify(secrets.passwords[name])}, tokens: [{ serial: S-${name}, digits: ${CODE_DIGITS}, secret: ${secrets.seeds[name]} }] }`;
  const attributes = `replyAttributes: [{ attributes: { Tunnel-Password: "${secrets.tunnelPassword}" } }]`;
  const { phones, pin, settings } = secrets;
  const reachable = ` phone: "${phones.alice}", backupPhone: "${phones.backup}", pin: "${pin}", defaultMethod: oath,`;
  const { port, accountingPort } = target;
  return `${radius}
allowManualAnswers: true
notifications:
  publicUrl: https://portcullis.example
  providers:
    - { name: calls, type: twilio, accountSid: "AC${"0".repeat(32)}", authToken: "${settings.twilio}", from: "+4930123456" }
    - { name: mail, type: smtp, host: 127.0.0.1, from: "portcullis@corp.example", user: portcullis, password: "${settings.smtp}" }
clients:
${client("vpn", `target: local, ${attributes}`)}
${client("real", 'target: real, accounting: forward, appendedCode: { separator: "," }')}
${client("plain", "target: real, mfa: false")}
${client("held", "target: real, methods: [manual]")}
${withAdded ? client("added", "target: local") : ""}
targets:
  - { name: local, type: local }
  - name: real
    type: radius
    servers: [{ address: 127.0.0.1, port: ${port}, accountingPort: ${accountingPort}, secret: "${secrets.target}" }]
users:
${user("alice", reachable)}
${user("bob")}
${user("carol")}
${withAdded ? user("dave") : ""}
`;
}

/** The users of FreeRADIUS, in its own form. */
export function freeradiusUsers({ passwords, targetsTunnelPassword }: Secrets): string {
  const entry = (name: "bob" | "carol"): string => `${name} Cleartext-Password := "${passwords[name]}"
  Tunnel-Type:1 := L2TP,
  Tunnel-Password:1 := "${targetsTunnelPassword}"
`;
  return `${entry("bob")}\n${entry("carol")}`;
}
