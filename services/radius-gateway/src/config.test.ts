import { readEnvironment } from "@portcullis/kit";
import { describe, expect, it } from "vitest";
import { Environment } from "./config.js";

const required = { PORTCULLIS_KAFKA_BROKERS: "127.0.0.1:9092", PORTCULLIS_KEYS_FILE: "keys.json" };
const listenOf = (text: string) =>
  readEnvironment(Environment, { ...required, PORTCULLIS_RADIUS_LISTEN: text }).PORTCULLIS_RADIUS_LISTEN;

describe("PORTCULLIS_RADIUS_LISTEN", () => {
  it("is every IPv4 address unless it says otherwise", () => {
    expect(readEnvironment(Environment, required).PORTCULLIS_RADIUS_LISTEN).toEqual([
      { address: "0.0.0.0", port: 1812 },
    ]);
  });

  it("may be several, IPv6 in brackets", () => {
    expect(listenOf("192.0.2.1:1812, [2001:db8::1]:0")).toEqual([
      { address: "192.0.2.1", port: 1812 },
      { address: "2001:db8::1", port: 0 },
    ]);
  });

  it.each([
    " ",
    "1812",
    "localhost:1812",
    "2001:db8::1:1812",
    "[192.0.2.1]:1812",
    "192.0.2.1:65536",
    "192.0.2.1:1812,",
  ])("is not %j", (text) => {
    expect(() => listenOf(text)).toThrow(/PORTCULLIS_RADIUS_LISTEN: must be a list of address:port/);
  });
});
