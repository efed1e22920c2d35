import { createSecretKey, randomBytes } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { type KeyRing, PooledRandom, Sealer } from "@portcullis/kit";
import { settingPlace } from "@portcullis/login";
import { FraudChannel, FraudReportedSchema, SettingChangedSchema } from "@portcullis/proto";
import { describe, expect, it } from "vitest";
import { DEFAULT_RULES, FRAUD_CHANNELS, type FraudReport } from "../../domain/fraud-report.js";
import { messageOf, reportOf } from "./report-message.js";
import { SettingRegistry } from "./setting-registry.js";

const key = () => createSecretKey(randomBytes(32));
const ring: KeyRing = { active: 1, sealing: new Map([[1, key()]]), digest: key(), audit: key() };
const sealer = new Sealer(ring, new PooledRandom());

const report: FraudReport = {
  reportId: "1".repeat(32),
  userId: "2".repeat(32),
  userName: "alice",
  loginId: "3".repeat(32),
  client: "vpn",
  application: "Company VPN",
  station: "pc-1",
  sourceAddress: "192.0.2.1",
  channel: "app",
  reportedAtMs: 1_790_000_000_000,
  operator: "eve",
  note: "called",
};

describe("a report as an event", () => {
  it.each(FRAUD_CHANNELS)("comes back as it was, by %s", (channel) => {
    expect(reportOf(messageOf({ ...report, channel }))).toEqual({ ...report, channel });
  });

  it("is not lost for a NUL in a name, which no table takes", () => {
    const event = create(FraudReportedSchema, { ...messageOf(report), userName: "al\0ice" });
    expect(reportOf(event).userName).toBe("alice");
  });

  it.each([
    ["no id", { reportId: "" }],
    ["no user", { userId: "" }],
    ["an id that is none", { reportId: "x".repeat(32) }],
    ["an unknown way", { channel: FraudChannel.UNSPECIFIED }],
  ])("is poison with %s", (_what, change) => {
    expect(() => reportOf({ ...messageOf(report), ...change })).toThrow();
  });
});

describe("the section fraud", () => {
  const stateOf = (value: unknown, generation = 1n, place = settingPlace("fraud")) => ({
    key: "fraud",
    state: create(SettingChangedSchema, {
      name: "fraud",
      generation,
      sealedValue: sealer.seal(Buffer.from(JSON.stringify(value)), place),
    }),
  });
  const section = { code: "0", block: false, blockDays: 7, mail: ["a@corp.example"], language: "de" };
  const rules = { block: false, blockDays: 7, mail: ["a@corp.example"], language: "de" };

  it("has its defaults until somebody says otherwise, and when it is taken out again", () => {
    const settings = new SettingRegistry(sealer);
    expect(settings.rules).toEqual({ block: true, blockDays: 90, mail: [], language: "en" });
    settings.take(stateOf(section));
    expect(settings.rules).toEqual(rules);
    settings.take({ key: "fraud", state: undefined });
    expect(settings.rules).toEqual(DEFAULT_RULES);
  });

  it("is not changed by an older state, or by another section", () => {
    const settings = new SettingRegistry(sealer);
    settings.take(stateOf(section, 2n));
    settings.take(stateOf({ ...section, blockDays: 1 }, 1n));
    settings.take({ key: "mobile", state: stateOf({}).state });
    expect(settings.rules).toEqual(rules);
  });

  it.each([
    ["sealed for another place", stateOf(section, 2n, settingPlace("mobile"))],
    ["no section", stateOf({ ...section, blockDays: "many" }, 2n)],
  ])("stays as it was for one that is %s", (_what, wrong) => {
    const settings = new SettingRegistry(sealer);
    settings.take(stateOf(section));
    expect(() => settings.take(wrong)).toThrow();
    expect(settings.rules).toEqual(rules);
  });

  it("stays as it was for one that has one bit wrong", () => {
    const settings = new SettingRegistry(sealer);
    const wrong = stateOf(section, 2n);
    const { sealedValue } = wrong.state;
    sealedValue.set([(sealedValue.at(-1) ?? 0) ^ 1], sealedValue.length - 1);
    expect(() => settings.take(wrong)).toThrow();
    expect(settings.rules).toEqual(DEFAULT_RULES);
  });
});
