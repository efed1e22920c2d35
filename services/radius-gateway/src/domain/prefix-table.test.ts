import { describe, expect, it } from "vitest";
import { parseAddress, parsePrefix } from "../adapters/ipaddr/parse-address.js";
import { PrefixTable } from "./prefix-table.js";

const prefixOf = (text: string) => {
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw new Error(`${text} is no prefix`);
  return prefix;
};

function tableOf(entries: Readonly<Record<string, string>>) {
  const table = new PrefixTable<{ readonly name: string }>();
  for (const [prefix, name] of Object.entries(entries)) table.add(prefixOf(prefix), { name });
  return { table, find: (text: string) => table.find(parseAddress(text) ?? prefixOf(text))?.name };
}

describe("PrefixTable", () => {
  it.each([
    ["10.1.2.3", "host"],
    ["10.1.2.4", "net24"],
    ["10.1.3.1", "net16"],
    ["10.2.0.1", "net8"],
    ["11.0.0.1", "all"],
    ["::ffff:10.1.2.3", "host"],
    ["::ffff:a01:203", "host"],
    ["2001:db8::1", "host6"],
    ["2001:db8::2", "net32"],
    ["2001:db9::1", undefined],
    ["fe80::1%eth0", "link"],
    ["fe80:0::1", "link"],
  ])("finds the longest prefix that holds %s", (address, name) => {
    const { find } = tableOf({
      "0.0.0.0/0": "all",
      "10.0.0.0/8": "net8",
      "10.1.0.0/16": "net16",
      "10.1.2.0/24": "net24",
      "10.1.2.3/32": "host",
      "2001:db8::/32": "net32",
      "2001:db8::1/128": "host6",
      "fe80::/10": "link",
    });
    expect(find(address)).toBe(name);
  });

  it("knows /0 and hosts of both families, and IPv4 networks written inside IPv6", () => {
    const { find } = tableOf({
      "0.0.0.0/0": "four",
      "::/0": "six",
      "::ffff:192.0.2.0/120": "net24",
      "198.51.100.7/32": "host",
      "2001:db8::7/128": "host6",
    });
    const found = ["192.0.2.9", "::ffff:192.0.2.9", "192.0.3.9", "198.51.100.7", "198.51.100.8", "2001:db8::7", "::1"];
    expect(found.map(find)).toEqual(["net24", "net24", "four", "host", "four", "host6", "six"]);
  });

  it("keeps IPv4 and IPv6 apart", () => {
    const { find } = tableOf({ "::/0": "six" });
    expect(find("10.0.0.1")).toBeUndefined();
    expect(find("2001:db8::1")).toBe("six");
  });

  it("gives a prefix of several owners to the first by name, whoever came first, and to the next when that one goes", () => {
    const net = prefixOf("192.0.2.0/24");
    const address = prefixOf("192.0.2.7/32");
    const owners = ["b", "a", "c"].map((name) => ({ name }));
    const table = new PrefixTable<{ readonly name: string }>();
    for (const owner of owners) table.add(net, owner);
    const found: (string | undefined)[] = [];
    for (const name of ["a", "b", "c"]) {
      found.push(table.find(address)?.name);
      for (const owner of owners.filter((one) => one.name === name)) table.remove(net, owner);
    }
    expect([...found, table.find(address)]).toEqual(["a", "b", "c", undefined]);
  });

  it("forgets what was removed and nothing else", () => {
    const table = new PrefixTable<{ readonly name: string }>();
    const [one, other] = [{ name: "one" }, { name: "other" }];
    table.add(prefixOf("192.0.2.0/24"), one);
    table.add(prefixOf("192.0.3.0/24"), other);
    table.remove(prefixOf("192.0.2.0/24"), one);
    table.remove(prefixOf("198.51.100.0/25"), one);
    expect(table.find(prefixOf("192.0.2.1/32"))).toBeUndefined();
    expect(table.find(prefixOf("192.0.3.1/32"))).toBe(other);
  });
});

describe("parsing", () => {
  it("takes a network that is wider than all of IPv4 inside IPv6 for IPv6", () => {
    expect(parsePrefix("::ffff:0:0/95")?.bits).toBe(128);
    expect(parsePrefix("::ffff:0:0/96")).toEqual(parsePrefix("0.0.0.0/0"));
  });

  it.each(["", "localhost", "1.2.3", "10.0.0.256", "2001:db8::g", "10.0.0.0/33", "10.0.0.0"])(
    "takes %j for no network",
    (text) => {
      expect(parsePrefix(text)).toBeUndefined();
    },
  );

  it("does not count bits beyond the length", () => {
    expect(parsePrefix("192.0.2.7/24")).toEqual(parsePrefix("192.0.2.0/24"));
    expect(parsePrefix("2001:db8:ffff::/32")).toEqual(parsePrefix("2001:db8::/32"));
  });
});
