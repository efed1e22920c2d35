import { expect, it } from "vitest";
import { accountingClients } from "./target-checks.js";

const TARGETS = [
  { name: "here", type: "local" },
  { name: "nps", type: "radius" },
  { name: "odd", type: 7 },
];

const findingsOf = (client: object) => [...accountingClients({ targets: TARGETS, clients: [client] })];

it("accounting can be forwarded to a RADIUS server only, and the message says what to do", () => {
  const [finding] = findingsOf({ target: "here", accounting: "forward" });
  expect(finding?.path).toEqual(["clients", 0, "accounting"]);
  expect(finding?.message).toBe(
    'there is nobody to forward to, since the target "here" is of type local: write record, or take a target of type radius',
  );
});

it.each([
  ["a RADIUS target", { target: "nps", accounting: "forward" }],
  ["a record of our own", { target: "here", accounting: "record" }],
  ["nothing said", { target: "here" }],
  ["a target that is not there, which is another's finding", { target: "gone", accounting: "forward" }],
  ["a target without a readable type, which is another's finding", { target: "odd", accounting: "forward" }],
])("nothing is wrong with %s", (_what, client) => {
  expect(findingsOf(client)).toEqual([]);
});
