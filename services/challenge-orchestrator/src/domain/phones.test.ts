import { expect, it } from "vitest";
import { digitsOf, maskedNumber } from "./phones.js";

it.each([
  ["+4930901820", "+49******20"],
  ["+1425555", "+14***55"],
  ["12345", "*****"],
  ["", ""],
])("shows of %j no more than %j", (number, masked) => {
  expect(maskedNumber(number)).toBe(masked);
});

it("knows every part that has digits", () => {
  const phones = { number: "+49", extension: "", backupNumber: "+1", backupExtension: "7" };
  expect(digitsOf(phones)).toEqual(["+49", "+1", "7"]);
});
