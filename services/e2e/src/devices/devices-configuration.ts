/** Two users, and what the app needs; the embedded product opens a port of its own for devices. */
export function devicesConfiguration(listen: readonly number[]): string {
  const [radius = ""] = listen.map((port) => `radius: { listen: [{ address: 127.0.0.1, authPort: ${port} }] }`);
  const http = listen.length === 0 ? "" : "http: { listen: [{ address: 127.0.0.1, port: 0 }] }";
  return `${radius}
${http}
mobile: { publicUrl: "https://app.example", issuer: Example, maxDevices: 2 }
clients:
  - { name: vpn, address: 127.0.0.1, secret: "vpn-shared-secret-1", target: local }
targets:
  - { name: local, type: local }
users:
  - { name: alice, password: "correct horse" }
  - { name: bob, password: "correct horse", enabled: false }
`;
}
