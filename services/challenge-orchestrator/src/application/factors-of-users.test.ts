import { deviceSecretPlace, type LoginId, type UserId } from "@portcullis/login";
import { describe, expect, it } from "vitest";
import { deviceSerial, tokenSecretPlace } from "../domain/token.js";
import { createFactorWorld } from "../testing/factor-world.js";
import { DescribeFactors } from "./describe-factors.js";
import { KeepDevice } from "./keep-device.js";
import { OneTimeBypasses } from "./one-time-bypasses.js";

const ALICE = "a".repeat(32) as UserId;
const BOB = "b".repeat(32) as UserId;
const DEVICE = "d".repeat(32);
const SECRET = Buffer.from("12345678901234567890");

describe("KeepDevice", () => {
  const told = { deviceId: DEVICE, userId: ALICE, name: "her phone", active: true, generation: 1n };

  function setUp() {
    const world = createFactorWorld();
    const kept: { sealedSecret: Uint8Array }[] = [];
    const keepDevice = new KeepDevice({ keep: async (device) => void kept.push(device) }, world.sealer);
    const sealed = (secret: Uint8Array, place = deviceSecretPlace(DEVICE, ALICE)) => world.sealer.seal(secret, place);
    return { world, kept, keepDevice, sealed };
  }

  it("seals the secret anew, for the token that the device is", async () => {
    const { world, kept, keepDevice, sealed } = setUp();
    await keepDevice.execute({ ...told, sealedOathSecret: sealed(SECRET) });
    const [device] = kept;
    const place = tokenSecretPlace(deviceSerial(DEVICE), ALICE);
    expect(world.sealer.open(device?.sealedSecret ?? SECRET, place)).toEqual(SECRET);
  });

  it("takes no secret of another device, of another user, a bent, a short or a missing one", async () => {
    const { kept, keepDevice, sealed } = setUp();
    const bent = sealed(SECRET);
    bent[40] = (bent[40] ?? 0) ^ 1;
    const others = [
      sealed(SECRET, deviceSecretPlace("e".repeat(32), ALICE)),
      sealed(SECRET, deviceSecretPlace(DEVICE, BOB)),
      bent,
      sealed(SECRET.subarray(0, 9)),
      new Uint8Array(0),
    ];
    for (const sealedOathSecret of others) {
      await expect(keepDevice.execute({ ...told, sealedOathSecret })).rejects.toThrow(/./);
    }
    expect(kept).toEqual([]);
    await keepDevice.execute({ ...told, active: false, sealedOathSecret: new Uint8Array(0) });
    expect(kept).toMatchObject([{ active: false, sealedSecret: new Uint8Array(0) }]);
  });
});

describe("OneTimeBypasses", () => {
  it("last for their seconds, and say who gave them and why", async () => {
    const world = createFactorWorld();
    const bypasses = new OneTimeBypasses(world);
    const given = await bypasses.give({ userId: ALICE, reason: "lost phone", givenBy: "carol", seconds: 300 });
    expect(given).toMatchObject({ givenAtMs: world.nowMs, untilMs: world.nowMs + 300_000 });
    const { bypassId } = given;
    expect((await world.factors.find(ALICE)).bypass).toEqual({ bypassId, untilMs: given.untilMs });
    await world.factors.useBypass({ bypassId, loginId: "1".repeat(32) as LoginId });
    expect(await bypasses.list(ALICE)).toMatchObject([
      { reason: "lost phone", givenBy: "carol", usedByLogin: "1".repeat(32) },
    ]);
    expect(await bypasses.remove(ALICE)).toBe(false);
  });
});

describe("DescribeFactors", () => {
  it("tells all that she has and no secret of it", async () => {
    const world = createFactorWorld();
    world.factors.addToken(ALICE, "T1", { type: "hotp", lastStep: 5 });
    const device = { deviceId: DEVICE, userId: ALICE, name: "her phone", active: true, generation: 1n };
    await world.devices.keep({ ...device, sealedSecret: SECRET });
    world.givePhones(ALICE, { number: "+4930901820", extension: "890", backupNumber: "+14255550100" });
    world.factors.change(ALICE, { blockedUntilMs: Number.POSITIVE_INFINITY, language: "de" });
    await world.codes.replace(ALICE, ["one", "two"]);
    const described = await new DescribeFactors({ ...world, recoveryCodes: world.codes }).execute(ALICE);
    expect(described).toMatchObject({
      language: "de",
      blocked: { untilMs: undefined },
      phones: ["+49******20 x***", "+14*******00"],
      tokens: [
        { serial: "T1", type: "hotp", used: false },
        { serial: deviceSerial(DEVICE), type: "totp" },
      ],
      devices: [{ deviceId: DEVICE, name: "her phone" }],
      recoveryCodesLeft: 2,
    });
    expect(JSON.stringify(described)).not.toMatch(/901820|890|sealed/);
  });

  it("shows no phones that were sealed for another user", async () => {
    const world = createFactorWorld();
    world.givePhones(ALICE, { number: "+4930901820" });
    world.factors.change(BOB, { sealedPhones: (await world.factors.find(ALICE)).sealedPhones });
    expect((await new DescribeFactors({ ...world, recoveryCodes: world.codes }).execute(BOB)).phones).toEqual([]);
  });
});
