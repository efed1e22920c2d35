import { describe, expect, it } from "vitest";
import { LANGUAGES, languageOf } from "./language.js";
import { internationalNumber, maskedNumber } from "./phone-number.js";
import { smsPartsOf } from "./sms-text.js";
import { PLACEHOLDERS, type TextKey } from "./text-keys.js";
import { textMessage } from "./text-message.js";
import { faultOfText, Texts } from "./texts.js";

const texts = new Texts();
const KEYS = Object.keys(PLACEHOLDERS) as TextKey[];
const fieldsOf = (key: TextKey) => Object.fromEntries(PLACEHOLDERS[key].map((name) => [name, `<${name}>`]));
const words = { application: "Corp VPN", code: "482915", asksPin: false, twoWay: false, fraudCode: "0" };

describe.each(LANGUAGES)("the built-in texts in %s", (language) => {
  it("fill every placeholder and have no other", () => {
    for (const key of KEYS) {
      const filled = texts.fill(language, key, fieldsOf(key));
      expect(filled, key).not.toMatch(/[{}]/);
      expect(filled.trim(), key).not.toBe("");
    }
  });

  it("begin a text with its code, and a code alone fits in one message", () => {
    for (const asksPin of [false, true]) {
      for (const twoWay of [false, true]) {
        const text = textMessage(texts, { ...words, language, asksPin, twoWay, fraudCode: "" }, false);
        expect(text).toMatch(/^482915 /);
        expect(text).toContain("Corp VPN");
        expect(smsPartsOf(text).parts.length, text).toBeLessThanOrEqual(twoWay || asksPin ? 2 : 1);
      }
    }
  });

  it("are its own", () => {
    if (language !== "en") {
      for (const key of KEYS) expect(texts.fill(language, key), key).not.toBe(texts.fill("en", key));
    }
  });
});

describe("textMessage", () => {
  it("cuts a long name of an application before it needs a second message", () => {
    const application = "The Company's Very Long Winded Remote Access Gateway ".repeat(4);
    const text = textMessage(texts, { ...words, language: "en", application }, false);
    expect(smsPartsOf(text).parts).toHaveLength(1);
    expect(text.length).toBe(160);
  });

  it("says how to report fraud only where a reply is read", () => {
    const of = (twoWay: boolean, fraudCode: string) =>
      textMessage(texts, { ...words, language: "en", twoWay, fraudCode }, false);
    expect(of(true, "0")).toContain("Reply 0");
    expect(of(true, "")).not.toContain("Not you");
    expect(of(false, "0")).not.toContain("Not you");
  });
});

describe("faultOfText", () => {
  it.each([
    ["sms.oneWay", "{{code}} {{ application }}", undefined],
    ["sms.oneWay", "{{application}}", "has no {{code}}"],
    ["sms.oneWay", "{{code}} {{password}}", "{{password}}"],
    ["call.approved", "Hi {{application}}", "{{application}}"],
    ["call.approved", " ", "1 to"],
    ["call.nothing", "x", "there is no text"],
    ["toString", "x", "there is no text"],
  ])("of %s as %j is %s", (key, text, fault) => {
    const found = faultOfText(key, text);
    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(fault);
  });

  it("finds none in the built-in texts", () => {
    for (const language of LANGUAGES) {
      for (const key of KEYS) {
        const template = texts.fill(
          language,
          key,
          Object.fromEntries(PLACEHOLDERS[key].map((name) => [name, `{{${name}}}`])),
        );
        expect(faultOfText(key, template), `${language} ${key}`).toBeUndefined();
      }
    }
  });
});

it("an own text stands in its language only; what is not said is a dash", () => {
  const own = new Texts({ de: { "sms.again": "Nochmal." } });
  expect([own.fill("de", "sms.again"), own.fill("en", "sms.again")]).toEqual([
    "Nochmal.",
    "Your last reply was not correct.",
  ]);
  expect(own.fill("en", "mail.userUnblocked.body", { time: "now" })).toContain("Reason:  -");
  expect([languageOf("ja"), languageOf("it"), languageOf("")]).toEqual(["ja", "en", "en"]);
});

it("numbers have one form, and are shown masked", () => {
  for (const written of ["+49 151 1234567", "00491511234567", "49-151-1234567", "+49 (151) 123.4567"]) {
    expect(internationalNumber(written)).toBe("+491511234567");
  }
  for (const none of ["12345", "Corp", "", "+0151123456", "+4915112345678901"]) {
    expect(internationalNumber(none)).toBeUndefined();
  }
  expect([maskedNumber("+491511234567"), maskedNumber("+4912")]).toEqual(["+49…67", "…"]);
});
