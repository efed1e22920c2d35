import { describe, expect, test } from "vitest";
import { checkSenderPhone, parsePhone } from "./phone.js";

describe("parsePhone", () => {
  test.each([
    ["+4930901820", "+4930901820", ""],
    ["+49 30 901820-0", "+49309018200", ""],
    ["+1 (425) 555-0100", "+14255550100", ""],
    ["+1 425 555 0100 x890", "+14255550100", "890"],
    ["+14255550100X1", "+14255550100", "1"],
    ["+1234567", "+1234567", ""],
    ["+123456789012345x0123456789", "+123456789012345", "0123456789"],
  ])("%s", (text, number, extension) => {
    expect(parsePhone(text)).toEqual({ ok: true, value: { number, extension } });
  });

  test.each([
    ["", "the country code first"],
    ["030 901820", "the country code first"],
    ["0049 30 901820", "the country code first"],
    ["+0 30 901820", "+ and 7 to 15 digits"],
    ["+49 (0) 30 901820", "must not have a (0)"],
    ["+49 (0)30 901820", "must not have a (0)"],
    ["+123456", "+ and 7 to 15 digits"],
    ["+1234567890123456", "+ and 7 to 15 digits"],
    ["+4930901820x", "+ and 7 to 15 digits"],
    ["+4930901820x12345678901", "+ and 7 to 15 digits"],
    ["+4930901820/12", "+ and 7 to 15 digits"],
    ["+49 30 90182O", "+ and 7 to 15 digits"],
    ["+4930901820,890", "+ and 7 to 15 digits"],
    [`+49${" ".repeat(62)}30`, "at most 64 characters"],
  ])("%s is none, and not quoted", (text, message) => {
    const parsed = parsePhone(text);
    expect(parsed.ok ? "" : parsed.failure).toContain(message);
    if (text.length > 5) expect(parsed.ok ? "" : parsed.failure).not.toContain(text.slice(1, 6));
  });
});

test("a sender has no extension", () => {
  expect(checkSenderPhone("+1 425 555 0100")).toBeUndefined();
  expect(checkSenderPhone("+1 425 555 0100 x1")).toBe("must not have an extension");
  expect(checkSenderPhone("425 555 0100")).toContain("the country code first");
});
