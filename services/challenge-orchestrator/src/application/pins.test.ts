import type { UserId } from "@portcullis/login";
import { describe, expect, it } from "vitest";
import { createFactorWorld } from "../testing/factor-world.js";
import { CheckPin } from "./check-pin.js";
import { SetPin } from "./set-pin.js";

const ALICE = "a".repeat(32) as UserId;
const BOB = "b".repeat(32) as UserId;
const DAY_MS = 86_400_000;

function setUp({ pinHistory = 3, pinDays = 0 } = {}) {
  const world = createFactorWorld();
  const setPin = new SetPin({ ...world, settings: { hotpLookAhead: 10, pinHistory, pinDays } });
  const checkPin = new CheckPin(world);
  const set = (pin: string, mustChange = false) => setPin.execute({ userId: ALICE, pin, mustChange });
  const check = (pin: string, userId = ALICE) => checkPin.execute({ userId, pin });
  return { world, setPin, set, check };
}

const refused = (...failure: string[]) => ({ ok: false, failure });

describe("CheckPin", () => {
  it("tells a right PIN from one with a wrong digit, one too short or too long, and none", async () => {
    const { set, check } = setUp();
    await set("2580");
    expect(await check("2580")).toBe("right");
    for (const pin of ["2581", "258", "25800", "", " 2580"]) expect(await check(pin)).toBe("wrong");
  });

  it("does the same work for whoever has none", async () => {
    const { world, check } = setUp();
    expect(await check("2580", BOB)).toBe("none");
    expect(world.hasher.verified).toEqual(["decoy"]);
  });

  it("tells that a PIN is over only to whoever knows it", async () => {
    const { world, set, check, setPin } = setUp({ pinDays: 2 });
    await set("2580");
    world.nowMs += 2 * DAY_MS - 1;
    expect(await check("2580")).toBe("right");
    world.nowMs += 1;
    expect([await check("2580"), await check("2581")]).toEqual(["expired", "wrong"]);
    await set("7531");
    expect(await check("7531")).toBe("right");
    expect([await setPin.expire(ALICE), await setPin.expire(BOB)]).toEqual([true, false]);
    expect([await check("7531"), await check("2580")]).toEqual(["must-change", "wrong"]);
  });

  it("takes a hash that was sealed for another user for none of hers", async () => {
    const { world, set, check } = setUp();
    await set("2580");
    const pin = await world.pins.find(ALICE);
    if (pin === undefined) throw new Error("She has one.");
    await world.pins.keep([{ ...pin, userId: BOB }]);
    expect(await check("2580", BOB)).toBe("wrong");
  });
});

describe("SetPin", () => {
  it("refuses what the rules forbid, her own phones among them", async () => {
    const { world, set, check } = setUp();
    world.givePhones(ALICE, { number: "+49 89 5550174", backupExtension: "9416" });
    expect(await set("0174")).toEqual(refused("phone"));
    expect(await set("9416")).toEqual(refused("phone"));
    expect(await set("1119")).toEqual(refused("repeats"));
    expect(await check("1119")).toBe("none");
    expect(await set("9417")).toMatchObject({ ok: true });
  });

  it("refuses the last PINs, as many as are set, and no others", async () => {
    const { set, check } = setUp({ pinHistory: 3 });
    for (const pin of ["2580", "7531", "9264"]) expect(await set(pin)).toMatchObject({ ok: true });
    for (const pin of ["2580", "7531", "9264"]) expect(await set(pin)).toEqual(refused("used-before"));
    expect(await set("1379")).toMatchObject({ ok: true });
    expect(await set("2580")).toMatchObject({ ok: true });
    expect(await check("2580")).toBe("right");
  });

  it("knows no history where none is wanted", async () => {
    const { set } = setUp({ pinHistory: 0 });
    for (const pin of ["2580", "2580"]) expect(await set(pin)).toMatchObject({ ok: true });
  });

  it("sets one that has to be changed", async () => {
    const { set, check } = setUp();
    await set("2580", true);
    expect(await check("2580")).toBe("must-change");
  });

  it("is tried again when somebody else was faster, with what she set", async () => {
    const { world, setPin, check } = setUp();
    const [one, other] = await Promise.all(
      ["2580", "7531"].map((pin) => setPin.execute({ userId: ALICE, pin, mustChange: false })),
    );
    expect([one?.ok, other?.ok]).toEqual([true, true]);
    expect((await world.pins.find(ALICE))?.version).toBe(2);
    expect([await check("2580"), await check("7531")].toSorted()).toEqual(["right", "wrong"]);
  });
});
