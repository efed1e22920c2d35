import type { TargetEntry } from "@portcullis/configuration";
import { describe, expect, it } from "vitest";
import { clientFindings, type JudgedClient } from "./clients.js";

const TARGETS: readonly TargetEntry[] = [
  { name: "local", type: "local" },
  { name: "none", type: "none" },
];
const GOOD: JudgedClient = {
  name: "vpn",
  addresses: ["192.0.2.0/24", "2001:db8::/48"],
  target: "local",
  mfa: true,
  methods: ["oath"],
  requireUserMatch: true,
  requireMessageAuthenticator: true,
  limitProxyState: true,
};

const judge = (wrong: Partial<JudgedClient>) => clientFindings([{ ...GOOD, ...wrong }], TARGETS);

describe("clientFindings", () => {
  it("takes a client with everything on", () => {
    expect(judge({})).toMatchObject([{ level: "ok" }]);
    expect(judge({ limitProxyState: false })).toMatchObject([{ level: "ok" }]);
  });

  it.each<[Partial<JudgedClient>, string, RegExp]>([
    [{ addresses: ["10.0.0.0/15"] }, "warning", /very wide network/],
    [{ addresses: ["2001:db8::/47"] }, "warning", /very wide network/],
    [{ requireMessageAuthenticator: false }, "warning", /without Message-Authenticator/],
    [{ requireMessageAuthenticator: false, limitProxyState: false }, "warning", /with Proxy-State too/],
    [{ methods: ["manual"] }, "warning", /method manual/],
    [{ mfa: false }, "hint", /second factor off/],
    [{ requireUserMatch: false }, "hint", /without a factor/],
    [{ mfa: false, target: "none" }, "error", /accepts everyone/],
  ])("finds %o: %s", (wrong, level, words) => {
    const findings = judge(wrong);
    expect(findings).toHaveLength(1);
    expect(findings).toMatchObject([{ level, what: expect.stringMatching(words) }]);
  });

  it("names NPS where requests are not signed", () => {
    expect(judge({ requireMessageAuthenticator: false })[0]?.todo).toContain("NPS");
  });

  it("says one thing of many clients once", () => {
    const many = Array.from({ length: 300 }, (_, at) => ({ ...GOOD, name: `c${at}`, mfa: false }));
    expect(clientFindings(many, TARGETS).map(({ what }) => what)).toEqual([
      "c0, c1, c2, c3 and 296 more have the second factor off.",
    ]);
  });

  it("finds a configuration without clients", () => {
    expect(clientFindings([], TARGETS)).toMatchObject([{ level: "warning" }]);
  });
});
