/** Clients are told apart by the loopback address they send from. */
export const RECORDING = { address: "127.0.0.1", secret: "recording-shared-secret" };
export const FORWARDING = { address: "127.0.0.2", secret: "forwarding-shared-secret" };
export const OFF = { address: "127.0.0.3", secret: "accounting-off-secret" };
export const TARGET_SECRET = "secret of the accounting target";

/** @param target ports of the RADIUS server that accounting is forwarded to */
export function accountingConfiguration(
  listen: readonly number[],
  accounting: readonly number[],
  target: { readonly port: number; readonly accountingPort: number },
): string {
  const listeners = listen.map(
    (port, at) => `{ address: 127.0.0.1, authPort: ${port}, acctPort: ${accounting[at] ?? 0} }`,
  );
  const radius = listen.length === 0 ? "" : `radius: { listen: [${listeners.join(", ")}] }\n`;
  const { port, accountingPort } = target;
  return `${radius}
clients:
  - { name: recording, address: ${RECORDING.address}, secret: "${RECORDING.secret}", target: trusted }
  - { name: forwarding, address: ${FORWARDING.address}, secret: "${FORWARDING.secret}", target: server, accounting: forward }
  - { name: "off", address: ${OFF.address}, secret: "${OFF.secret}", target: trusted, accounting: "off" }
targets:
  - { name: trusted, type: none }
  - name: server
    type: radius
    servers: [{ address: 127.0.0.1, port: ${port}, accountingPort: ${accountingPort}, secret: "${TARGET_SECRET}" }]
`;
}
