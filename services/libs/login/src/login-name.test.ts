import { expect, test } from "vitest";
import { isAccessListName, loginNameOf } from "./login-name.js";

test.each([
  ["alice", "alice"],
  ["ALICE", "alice"],
  ["CORP\\Alice", "alice"],
  ["alice@corp.example", "alice"],
  ["CORP\\Alice@corp.example", "alice"],
  ["a@b@corp.example", "a@b"],
  ["Zoë", "zoë"],
  ["Zoe\u0308", "zoë"],
  ["CORP\\", ""],
  ["@corp.example", ""],
])("%s signs in as %j", (name, loginName) => {
  expect(loginNameOf(name)).toBe(loginName);
});

test.each([
  ["#ACSACL#-IP-staff-53ee1a2b", true],
  ["#acsacl#", true],
  ["CORP\\#AcsAcl#x", true],
  ["#ACSACL#\\alice", true],
  ["#ACSACL#@corp.example", true],
  ["ACSACL", false],
  ["#ACSACL", false],
  ["alice#ACSACL#", false],
  ["alice", false],
])("%s is the name of an access list: %s", (name, expected) => {
  expect(isAccessListName(name)).toBe(expected);
});
