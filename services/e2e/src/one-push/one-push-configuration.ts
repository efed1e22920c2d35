export const PASSWORD = "correct horse";
/** An NPS pair before an RD Gateway is one client with two addresses. */
export const NPS = { addresses: ["127.0.2.1", "127.0.2.2"], secret: "nps-shared-secret-1" } as const;
export const VPN = { address: "127.0.2.3", secret: "vpn-shared-secret-1" } as const;
/** Each scenario and fault has a user of its own. */
export const USERS = Array.from({ length: 32 }, (_, at) => `user${at}`);

export function onePushConfiguration(listen: readonly number[]): string {
  const listeners = listen.map((port) => `{ address: 127.0.0.1, authPort: ${port} }`).join(", ");
  const embedded =
    listen.length === 0
      ? ""
      : `radius: { listen: [${listeners}] }\nhttp: { listen: [{ address: 127.0.0.1, port: 0 }] }\n`;
  return `${embedded}
mobile: { publicUrl: "https://app.example", issuer: Example }
clients:
  - name: nps
    addresses: [${NPS.addresses.join(", ")}]
    secret: "${NPS.secret}"
    application: Remote Desktop
    reconnectWindowSeconds: 30
    target: trusted
    methods: [app]
    rejectDelayMs: 0
  - { name: vpn, address: ${VPN.address}, secret: "${VPN.secret}", target: local, methods: [app], rejectDelayMs: 0 }
targets:
  - { name: trusted, type: none }
  - { name: local, type: local }
users:
${USERS.map((name) => `  - { name: ${name}, password: "${PASSWORD}" }`).join("\n")}
`;
}
