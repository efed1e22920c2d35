import { expect, test } from "vitest";
import { listenersOf } from "./listeners.js";

const tls = { certificate: "/c.pem", key: "/k.pem", ca: "/ca.pem" };

test("each port of the configuration is a listener", () => {
  const proxyProtocol = ["192.0.2.1/32"];
  const listen = [
    { address: "::", authPort: 1812, acctPort: 1813, proxyProtocol },
    { address: "192.0.2.9", authPort: 1645 },
    { address: "192.0.2.9", tlsPort: 2083, tls },
  ];
  expect(listenersOf({ radius: { listen } }, {})).toEqual([
    { address: "::", port: 1812, proxyProtocol },
    { address: "::", port: 1813, kind: "accounting", proxyProtocol },
    { address: "192.0.2.9", port: 1645 },
    { address: "192.0.2.9", port: 2083, tls },
  ]);
});

test("a key may be in the environment, and must be there then", () => {
  const listen = [{ address: "::", tlsPort: 2083, tls: { ...tls, key: { fromEnv: "KEY" } } }];
  expect(listenersOf({ radius: { listen } }, { KEY: "pem" })).toMatchObject([{ tls: { key: { pem: "pem" } } }]);
  expect(() => listenersOf({ radius: { listen } }, {})).toThrow("KEY");
});
