import { readEnvironment } from "@portcullis/kit";
import { describe, expect, it } from "vitest";
import { Environment } from "./config.js";
import { listenersOf } from "./listen-settings.js";

const required = { PORTCULLIS_KAFKA_BROKERS: "127.0.0.1:9092", PORTCULLIS_KEYS_FILE: "keys.json" };
const files = {
  PORTCULLIS_RADIUS_TLS_CERTIFICATE_FILE: "cert.pem",
  PORTCULLIS_RADIUS_TLS_KEY_FILE: "key.pem",
  PORTCULLIS_RADIUS_TLS_CA_FILE: "ca.pem",
};
const from = (environment: Record<string, string>) =>
  listenersOf(readEnvironment(Environment, { ...required, ...environment }));

describe("listenersOf", () => {
  it("is one UDP port of authentication when nothing is said", () => {
    expect(from({})).toEqual([{ address: "0.0.0.0", port: 1812 }]);
  });

  it("has every kind, each behind the same proxies", () => {
    const proxyProtocol = ["192.0.2.1/32", "2001:db8::/32"];
    const listeners = from({
      ...files,
      PORTCULLIS_RADIUS_LISTEN: "192.0.2.9:1812,[::]:1645",
      PORTCULLIS_RADIUS_ACCT_LISTEN: "192.0.2.9:1813",
      PORTCULLIS_RADIUS_TLS_LISTEN: "192.0.2.9:2083",
      PORTCULLIS_RADIUS_PROXY_PROTOCOL: "192.0.2.1, 2001:db8::/32",
    });
    expect(listeners).toEqual([
      { address: "192.0.2.9", port: 1812, proxyProtocol },
      { address: "::", port: 1645, proxyProtocol },
      { address: "192.0.2.9", port: 1813, kind: "accounting", proxyProtocol },
      {
        address: "192.0.2.9",
        port: 2083,
        proxyProtocol,
        tls: { certificate: "cert.pem", key: "key.pem", ca: "ca.pem" },
      },
    ]);
  });

  it("may be TLS alone", () => {
    const listeners = from({ ...files, PORTCULLIS_RADIUS_LISTEN: "none", PORTCULLIS_RADIUS_TLS_LISTEN: "[::1]:0" });
    expect(listeners).toMatchObject([{ address: "::1", port: 0, tls: { ca: "ca.pem" } }]);
  });

  it.each([
    [{ PORTCULLIS_RADIUS_LISTEN: "none" }, "listens nowhere"],
    [{ PORTCULLIS_RADIUS_LISTEN: Array.from({ length: 17 }, () => "[::1]:0").join(",") }, "16 are the most"],
    [{ PORTCULLIS_RADIUS_TLS_LISTEN: "[::1]:0" }, "PORTCULLIS_RADIUS_TLS_CERTIFICATE_FILE: is needed"],
    [
      { ...files, PORTCULLIS_RADIUS_TLS_LISTEN: "[::1]:0", PORTCULLIS_RADIUS_TLS_CA_FILE: "" },
      "PORTCULLIS_RADIUS_TLS_CA_FILE: is needed",
    ],
    [{ PORTCULLIS_RADIUS_PROXY_PROTOCOL: "proxy" }, "PORTCULLIS_RADIUS_PROXY_PROTOCOL: must be a list of addresses"],
    [{ PORTCULLIS_RADIUS_PROXY_PROTOCOL: "192.0.2.0/33" }, "must be a list of addresses"],
    [{ PORTCULLIS_RADIUS_ACCT_LISTEN: "1813" }, "PORTCULLIS_RADIUS_ACCT_LISTEN: must be a list of address:port"],
    [{ PORTCULLIS_RADIUS_REUSE_PORT: "yes" }, "PORTCULLIS_RADIUS_REUSE_PORT"],
  ])("refuses %j", (environment, message) => {
    expect(() => from(environment)).toThrow(message);
  });
});
