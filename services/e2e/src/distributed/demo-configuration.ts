/** Values for trying, on loopback only; made up, and the same at each start. */
export const DEMO = {
  secret: "demonstration-secret",
  user: "alice",
  password: "correct horse",
  totp: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
} as const;

export function demoConfiguration(): string {
  return `
clients:
  - { name: demo-vpn, address: 127.0.0.1/32, secret: "${DEMO.secret}", application: Demo VPN, target: local }
targets:
  - { name: local, type: local }
users:
  - name: ${DEMO.user}
    password: "${DEMO.password}"
    tokens: [{ serial: DEMO1, type: totp, secret: "${DEMO.totp}" }]
`;
}

export const codeCommandOf = (secret: string): string => `node_modules/.bin/portcullis code ${secret}`;
