import { createSecretKey } from "node:crypto";
import { PooledRandom, Sealer, UnknownKey } from "@portcullis/kit";
import { settingPlace } from "@portcullis/login";
import { describe, expect, test } from "vitest";
import { loaded } from "../../test/files.js";
import { SECOND_FACTORS_EXAMPLE } from "../../test/second-factors.js";
import { fraudSettings, mobileSettings, notificationsSettings, openSetting, revealingJson } from "../index.js";

const sealerOf = (key: number) => {
  const secret = createSecretKey(Buffer.alloc(32, key));
  return new Sealer(
    { active: key, sealing: new Map([[key, secret]]), digest: secret, audit: secret },
    new PooledRandom(),
  );
};
const sealer = sealerOf(1);
const MOBILE = { publicUrl: "https://mfa.corp.example", issuer: "Corp", activationMinutes: 10, maxDevices: 5 };

const sealed = (value: string, name = "mobile") => ({
  name,
  sealedValue: sealer.seal(Buffer.from(value), settingPlace(name)),
});

describe("openSetting", () => {
  test("gives what was sealed for the section, and leaves out keys of a newer portal", () => {
    const event = sealed(JSON.stringify({ ...MOBILE, colour: "red" }));
    expect(openSetting(sealer, event, mobileSettings)).toEqual(MOBILE);
  });

  test("every section of the configuration comes back as it was, its secrets in clear", async () => {
    const { notifications, mobile, fraud } = await loaded(SECOND_FACTORS_EXAMPLE);
    const back = <Section>(name: string, section: unknown, schema: Parameters<typeof openSetting<Section>>[2]) =>
      openSetting(sealer, sealed(revealingJson(section), name), schema);
    const opened = back("notifications", notifications, notificationsSettings);
    expect(opened).toEqual(JSON.parse(revealingJson(notifications)));
    expect(opened.providers[0]).toMatchObject({ type: "twilio", authToken: "0123456789abcdef0123456789abcdef" });
    expect(back("mobile", mobile, mobileSettings)).toEqual(mobile);
    expect(back("fraud", fraud, fraudSettings)).toEqual(fraud);
  });

  test("one wrong bit, another section's, and nothing are refused", () => {
    const event = sealed(JSON.stringify(MOBILE));
    for (const at of [0, 20, event.sealedValue.length - 1]) {
      const wrong = Buffer.from(event.sealedValue);
      wrong[at] = (wrong[at] ?? 0) ^ 1;
      expect(() => openSetting(sealer, { name: "mobile", sealedValue: wrong }, mobileSettings)).toThrow("not sealed");
    }
    const anothers = { ...sealed(JSON.stringify(MOBILE), "fraud"), name: "mobile" };
    expect(() => openSetting(sealer, anothers, mobileSettings)).toThrow("mobile of the configuration was not sealed");
    const missing = { name: "mobile", sealedValue: new Uint8Array() };
    expect(() => openSetting(sealer, missing, mobileSettings)).toThrow("was not sealed");
  });

  test("a key that is not there yet is waited for", () => {
    expect(() => openSetting(sealerOf(2), sealed(JSON.stringify(MOBILE)), mobileSettings)).toThrow(UnknownKey);
  });

  test.each(["{ secret", "null", "{}", JSON.stringify({ ...MOBILE, maxDevices: "hunter2" })])(
    "what is no such section is refused without a word of it: %s",
    (value) => {
      expect(() => openSetting(sealer, sealed(value), mobileSettings)).toThrow(
        /^The section mobile of the configuration is not what it has to be\.$/,
      );
    },
  );
});
