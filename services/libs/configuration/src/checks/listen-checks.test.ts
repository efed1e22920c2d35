import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { loaded, refused } from "../../test/files.js";

const TLS = "tls: { certificate: c.pem, key: k.pem, ca: ca.pem }";
const listen = (entries: string) => `radius: { listen: [ ${entries} ] }`;
const client = (parts: string) =>
  `clients: [ { name: vpn, target: t, ${parts} } ]\ntargets: [ { name: t, type: none } ]`;

describe("listeners", () => {
  test("have their defaults and absolute paths", async () => {
    const { file, radius } = await loaded(
      listen(`{ address: "::" }, { acctPort: 1813, proxyProtocol: [ 192.0.2.1, "2001:DB8::/32" ] }, { ${TLS} }`),
    );
    const at = (name: string) => join(dirname(file), name);
    expect(radius.listen).toEqual([
      { address: "::", authPort: 1812 },
      { address: "127.0.0.1", authPort: 1812, acctPort: 1813, proxyProtocol: ["192.0.2.1/32", "2001:db8::/32"] },
      { address: "127.0.0.1", tlsPort: 2083, tls: { certificate: at("c.pem"), key: at("k.pem"), ca: at("ca.pem") } },
    ]);
  });

  test("may have their key elsewhere", async () => {
    const { radius } = await loaded(
      listen(
        `{ tls: { certificate: c, key: { fromEnv: KEY }, ca: a } }, { tlsPort: 1, tls: { certificate: c, key: { fromFile: /k }, ca: a } }`,
      ),
    );
    expect(radius.listen).toMatchObject([{ tls: { key: { fromEnv: "KEY" } } }, { tls: { key: "/k" } }]);
  });

  test.each([
    [`{ tlsPort: 2083 }`, "radius.listen[0]: has a tlsPort but no tls"],
    [`{ authPort: 1812, ${TLS} }`, "radius.listen[0].authPort: is a UDP port: write an entry of its own"],
    [`{ acctPort: 1813, ${TLS} }`, "radius.listen[0].acctPort: is a UDP port"],
    [`{ tls: { certificate: c, key: k } }`, "radius.listen[0].tls.ca: is missing"],
    [`{ tls: { certificate: c, key: "a\\nb", ca: a } }`, "radius.listen[0].tls.key: must be the path of a file"],
    [`{ ${TLS} }, { ${TLS} }`, "radius.listen[1]: is the same address and port a second time"],
    [`{ authPort: 1813 }, { acctPort: 1813 }`, "radius.listen[1]: is the same address and port a second time"],
    [`{ proxyProtocol: [ 192.0.2.1/24 ] }`, "radius.listen[0].proxyProtocol[0]: has host bits set"],
    [`{ proxyProtocol: [] }`, "radius.listen[0].proxyProtocol: must have at least 1 item"],
    [`{ acctPort: 65536 }`, "radius.listen[0].acctPort: must be at most 65535"],
  ])("%s is refused", async (entries, message) => {
    expect((await refused(listen(entries))).join("\n")).toContain(message);
  });

  test("of UDP and TLS may have one port number", async () => {
    expect((await loaded(listen(`{ authPort: 2083 }, { ${TLS} }`))).radius.listen).toHaveLength(2);
  });
});

describe("a client over TLS", () => {
  test("needs no secret and no address", async () => {
    const { clients } = await loaded(
      client('tls: { certificates: [ vpn.example, 192.0.2.7, "serial:4F issuer:CN=a" ] }'),
    );
    expect(clients).toMatchObject([
      { addresses: [], secrets: [], tls: { certificates: ["vpn.example", "192.0.2.7", "serial:4F issuer:CN=a"] } },
    ]);
  });

  test("may have both", async () => {
    const { clients } = await loaded(
      client("address: 192.0.2.1, secret: a-long-shared-secret, tls: { certificates: [ a.example ] }"),
    );
    expect(clients).toMatchObject([{ addresses: ["192.0.2.1/32"], tls: { certificates: ["a.example"] } }]);
  });

  test.each([
    ["mfa: true", "clients[0]: has neither address nor addresses"],
    ["tls: { certificates: [] }", "clients[0].tls.certificates: must have at least 1 item"],
    ["tls: { certificates: [ '*.example' ] }", "clients[0].tls.certificates[0]: must not have a wildcard"],
    ["tls: { certificates: [ 1.2.3 ] }", "clients[0].tls.certificates[0]: must be a DNS name"],
    ["tls: { certificates: [ serial:4F ] }", "clients[0].tls.certificates[0]: must be a DNS name"],
    ["tls: { certificates: [ a.example, A.example ] }", "is the same certificate as at clients[0].tls.certificates[0]"],
  ])("%s is refused", async (parts, message) => {
    expect((await refused(client(parts))).join("\n")).toContain(message);
  });
});
