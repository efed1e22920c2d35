export const PASSWORD = "correct horse";
export const PIN = "8391";
/** Clients by the loopback address that they send from: one whose users are asked in the app, one that asks for codes. */
export const CLIENTS = {
  push: { address: "127.0.0.1", secret: "push-shared-secret-1" },
  codes: { address: "127.0.0.2", secret: "codes-shared-secret-1" },
} as const;
/** Each test of a login has a user of its own. */
const USERS = ["alice", "ada", "dan", "fay", "ida", "kim", "tom"] as const;

/** What the app needs; the embedded product opens a port of its own for devices. */
export function devicesConfiguration(listen: readonly number[]): string {
  const listeners = listen.map((port) => `{ address: 127.0.0.1, authPort: ${port} }`).join(", ");
  const embedded =
    listen.length === 0
      ? ""
      : `radius: { listen: [${listeners}] }\nhttp: { listen: [{ address: 127.0.0.1, port: 0 }] }\n`;
  return `${embedded}
mobile: { publicUrl: "https://app.example", issuer: Example, maxDevices: 2 }
clients:
  - { name: push, address: ${CLIENTS.push.address}, secret: "${CLIENTS.push.secret}", target: local, methods: [app], rejectDelayMs: 0 }
  - { name: codes, address: ${CLIENTS.codes.address}, secret: "${CLIENTS.codes.secret}", target: local, methods: [oath], rejectDelayMs: 0 }
targets:
  - { name: local, type: local }
users:
${USERS.map((name) => `  - { name: ${name}, password: "${PASSWORD}" }`).join("\n")}
  - { name: pia, password: "${PASSWORD}", appMode: pin, pin: "${PIN}" }
  - { name: bob, password: "${PASSWORD}", enabled: false }
`;
}
