import { expect, test } from "vitest";
import { loginNameOf } from "./login-name.js";

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
