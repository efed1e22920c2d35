import { expect, test } from "vitest";
import { parseClientAddress } from "./client-address.js";

test.each([
  ["192.0.2.7", "192.0.2.7/32"],
  ["192.0.2.0/24", "192.0.2.0/24"],
  ["0.0.0.0/0", "0.0.0.0/0"],
  ["192.0.2.128/25", "192.0.2.128/25"],
  ["::1", "::1/128"],
  ["2001:DB8:0:0:0::/32", "2001:db8::/32"],
  ["::/0", "::/0"],
  ["fe80::/10", "fe80::/10"],
])("%s is %s", (text, value) => {
  expect(parseClientAddress(text)).toEqual({ ok: true, value });
});

test.each([
  ["192.0.2.1/24", "has host bits set: write 192.0.2.0/24, or 192.0.2.1 for the one host"],
  ["2001:db8::1/64", "has host bits set: write 2001:db8::/64, or 2001:db8::1 for the one host"],
  ["192.0.2.0/33", "the length of the network must be between 0 and 32"],
  ["::/129", "the length of the network must be between 0 and 128"],
  ["::ffff:192.0.2.1", "must be written as IPv4: 192.0.2.1"],
])("%s: %s", (text, failure) => {
  expect(parseClientAddress(text)).toEqual({ ok: false, failure });
});

test.each([
  "",
  "vpn.example",
  "192.0.2",
  "192.0.2.010",
  "3221225985",
  "0xC0.0.2.1",
  "192.0.2.1/",
  "192.0.2.1/-1",
  "192.0.2.1/ 8",
  "192.0.2.1/24/24",
  "fe80::1%eth0",
  "1:2",
  ":".repeat(65),
])("%j is no address", (text) => {
  expect(parseClientAddress(text)).toEqual({
    ok: false,
    failure: "must be an IPv4 or IPv6 address or network, such as 192.0.2.0/24",
  });
});
