import { describe, expect, test } from "vitest";
import { loaded, refused } from "../../test/files.js";

const SERVER = "servers: [ { address: 192.0.2.9, secret: 0123456789abcdef } ]";
const TARGETS = `targets: [ { name: local, type: local }, { name: nps, type: radius, ${SERVER} } ]`;

function client(change: string, target = "local"): string {
  return `clients: [ { name: vpn, address: 192.0.2.1, secret: 0123456789abcdef, target: ${target}, ${change} } ]\n${TARGETS}`;
}

describe("how a client's users give codes and passwords", () => {
  test.each([
    ['appendedCode: { separator: "," }', { appendedCode: { separator: "," } }],
    ["appendedCode: { digits: 8 }", { appendedCode: { digits: 8 } }],
    ["openvpnStaticChallenge: true", { openvpnStaticChallenge: true }],
    ["passwordCharset: latin1", { passwordCharset: "latin1" }],
  ])("%s", async (change, expected) => {
    expect((await loaded(client(change))).clients).toMatchObject([expected]);
  });

  test("nothing of it is on where nothing is said", async () => {
    const [vpn] = (await loaded(client("mfa: true"))).clients;
    expect(vpn).toMatchObject({ openvpnStaticChallenge: false, downloadableAcls: false, passwordCharset: "utf-8" });
    expect(vpn).not.toHaveProperty("appendedCode");
  });

  test.each([
    ["appendedCode: {}", "either separator or digits"],
    ['appendedCode: { separator: ",", digits: 6 }', "either separator or digits"],
    ["appendedCode: { separator: 1a }", "punctuation"],
    ['appendedCode: { separator: "" }', "punctuation"],
    ['appendedCode: { separator: ",,,,,,,,," }', "punctuation"],
    ["appendedCode: { digits: 5 }", "digits"],
    ["passwordCharset: latin2", "passwordCharset"],
  ])("refuses %s", async (change, message) => {
    expect((await refused(client(change))).join("\n")).toContain(message);
  });
});

describe("access lists", () => {
  test("come from a target of type radius only", async () => {
    expect((await loaded(client("downloadableAcls: true", "nps"))).clients).toMatchObject([{ downloadableAcls: true }]);
    expect((await refused(client("downloadableAcls: true"))).join("\n")).toContain(
      'the target "local" is of type local',
    );
  });

  test.each(["#ACSACL#-IP-staff", "CORP\\#acsacl#x", "#AcsAcl#\\alice", "#acsacl#@corp.example"])(
    "no user has the name %s",
    async (name) => {
      const users = `users: [ { name: '${name}', password: secret } ]`;
      expect((await refused(`${users}\n`)).join("\n")).toContain("names of access lists");
    },
  );
});
