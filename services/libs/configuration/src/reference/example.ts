/** The example of the reference page. A test loads it. */
export const EXAMPLE = `radius: { listen: [ { address: 127.0.0.1, authPort: 1812 } ] }
clients:
  - name: vpn
    address: 127.0.0.1/32          # address or CIDR, IPv4 or IPv6; or addresses: [ ... ]
    secret: testing123             # or secrets: [new, old] during rotation
    application: Company VPN
    target: local
    mfa: true                      # second factor on or off
    requireUserMatch: true
    requireMessageAuthenticator: true
targets:
  - { name: local, type: local }
  - { name: trusted, type: none }
users:
  - name: alice
    password: correct horse        # or passwordHash: argon2id
    tokens: [ { serial: T1, type: totp, secret: JBSWY3DPEHPK3PXP, digits: 6, period: 30, algorithm: sha1 } ]
`;
