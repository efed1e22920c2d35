/** Not the default, so that it is seen whether the section counts. */
export const BLOCK_DAYS = 7;
/** Users whom nobody lets in or out; each test takes one of its own. */
const FRAUD_USERS = ["alice", "bob", "carol", "dave", "erin"] as const;

/** @param listen UDP ports on 127.0.0.1 for the embedded mode; gateways of the distributed mode get theirs otherwise */
export function fraudConfiguration(listen: readonly number[]): string {
  const listeners = listen.map((port) => `{ address: 127.0.0.1, authPort: ${port} }`).join(", ");
  const radius = listen.length === 0 ? "" : `radius: { listen: [${listeners}] }\n`;
  return `${radius}
clients:
  - { name: vpn, address: 127.0.0.1, secret: "vpn-shared-secret-1", target: trusted }
targets:
  - { name: trusted, type: none }
fraud: { blockDays: ${BLOCK_DAYS}, mail: [security@corp.example] }
users:
${FRAUD_USERS.map((name) => `  - { name: ${name} }`).join("\n")}
`;
}
