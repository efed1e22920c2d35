import { expect, it } from "vitest";
import { table } from "./table.js";

it("aligns columns to their longest text and ends lines without blanks", () => {
  expect(
    table([
      ["NAME", "COUNT"],
      ["a longer name", "1"],
      ["b", ""],
    ]),
  ).toEqual(["NAME           COUNT", "a longer name  1", "b"]);
});
