import { type AnswerId, type LoginId, type UserId } from "@portcullis/login";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { BlockCopies, Bypasses, DeviceCopies, GivenBypass, KeptPin, Pins, RecoveryCodes } from "./factor-ports.js";
import type { Factors } from "./ports.js";

interface FactorStores {
  readonly factors: Factors;
  readonly pins: Pins;
  readonly bypasses: Bypasses;
  readonly recoveryCodes: RecoveryCodes;
  readonly devices: DeviceCopies;
  readonly blocks: BlockCopies;
}

export interface OpenedStores {
  /** Stores with nothing in them. */
  empty(): Promise<FactorStores>;
  close(): Promise<void>;
}

const ALICE = "a".repeat(32) as UserId;
const BOB = "b".repeat(32) as UserId;
const START_LIMIT_MS = 60_000;
const login = (number: number) => number.toString(16).padStart(32, "0") as LoginId;
const answer = (number: number) => number.toString(16).padStart(32, "0") as AnswerId;
const ids = (length: number) => Array.from({ length }, (_, at) => at);

function pin(version: number, changed: Partial<KeptPin> = {}): KeptPin {
  const usual = {
    userId: ALICE,
    sealedHashes: Buffer.from([0, 1, 0xff, 92]),
    source: "command",
    fileDigest: "",
  } as const;
  return { ...usual, version, setAtMs: 1_800_000_000_123, mustChange: false, expiresAtMs: undefined, ...changed };
}

function bypass(number: number, changed: Partial<GivenBypass> = {}): GivenBypass {
  const times = { givenAtMs: 1_800_000_000_000 + number, untilMs: 1_800_000_300_000 + number };
  return { bypassId: login(number), userId: ALICE, reason: "lost phone", givenBy: "carol", ...times, ...changed };
}

/** What holds for the stores of factors, wherever they keep them. */
export function describeFactorStores(name: string, open: () => Promise<OpenedStores>): void {
  describe(`the stores of factors in ${name}`, () => {
    let opened: OpenedStores;
    let stores: FactorStores;

    beforeAll(async () => {
      opened = await open();
    }, START_LIMIT_MS);
    afterAll(() => opened.close());
    beforeEach(async () => {
      stores = await opened.empty();
    });

    it("know nothing of a user of whom nobody told", async () => {
      const found = await stores.factors.find(ALICE);
      expect(found).toMatchObject({ enabled: true, tokens: [], devices: [], language: "en" });
      expect([found.blockedUntilMs, found.pin, found.bypass, found.sealedPhones]).toEqual([
        undefined,
        undefined,
        undefined,
        undefined,
      ]);
      expect(await stores.pins.find(ALICE)).toBeUndefined();
      expect(await stores.recoveryCodes.left(ALICE)).toBe(0);
      expect(await stores.bypasses.list(10)).toEqual([]);
    });

    it("give a step of a token to the first answer, again to the same, to no other, and none that is older", async () => {
      const { devices, factors } = stores;
      const device = { deviceId: login(1), userId: ALICE, name: "phone", active: true, generation: 1n };
      await devices.keep({ ...device, sealedSecret: Buffer.from([7]) });
      const use = (step: number, by: number, driftSteps = 0) =>
        factors.useStep({ serial: `app:${login(1)}`, step, answerId: answer(by), driftSteps });
      expect([await use(100, 1, 0.25), await use(100, 1, 0.25), await use(100, 2), await use(99, 3)]).toEqual([
        true,
        true,
        false,
        false,
      ]);
      const taken = { lastStep: 100, lastAnswerId: answer(1), driftSteps: 0.25 };
      expect((await factors.find(ALICE)).tokens).toMatchObject([taken]);
      expect([await use(101, 3, -1.5), await use(100, 1)]).toEqual([true, false]);
      expect((await factors.find(ALICE)).tokens).toMatchObject([{ lastStep: 101, driftSteps: -1.5 }]);
      const many = await Promise.all(ids(6).map((by) => use(200, 10 + by)));
      expect(many.filter(Boolean)).toHaveLength(1);
    });

    describe("PINs", () => {
      it("are kept in the order of their versions, and told among the factors", async () => {
        const { pins, factors } = stores;
        expect(await pins.keep([pin(2)])).toEqual(new Set());
        expect(await pins.keep([pin(1)])).toEqual(new Set([ALICE]));
        expect(await pins.keep([pin(1)])).toEqual(new Set());
        const second = pin(2, { mustChange: true, expiresAtMs: 1_900_000_000_000, source: "file", fileDigest: "d" });
        expect(await pins.keep([second, pin(1, { userId: BOB })])).toEqual(new Set([ALICE, BOB]));
        const found = await pins.find(ALICE);
        expect({ ...found, sealedHashes: Buffer.from(found?.sealedHashes ?? []) }).toEqual(second);
        expect((await factors.find(ALICE)).pin).toEqual({ mustChange: true, expiresAtMs: 1_900_000_000_000 });
        expect((await factors.find(BOB)).pin).toEqual({ mustChange: false, expiresAtMs: undefined });
      });

      it("are changed by one of many who do it at once", async () => {
        await stores.pins.keep([pin(1)]);
        const kept = await Promise.all(ids(8).map(() => stores.pins.keep([pin(2)])));
        expect(kept.filter((users) => users.has(ALICE))).toHaveLength(1);
      });

      it("end by a word, where there is one", async () => {
        await stores.pins.keep([pin(1)]);
        expect(await stores.pins.expire(ALICE)).toBe(true);
        expect(await stores.pins.expire(BOB)).toBe(false);
        expect((await stores.factors.find(ALICE)).pin?.mustChange).toBe(true);
        expect((await stores.pins.find(ALICE))?.mustChange).toBe(true);
        expect((await stores.factors.find(BOB)).pin).toBeUndefined();
      });

      it("of the file go with it, others stay", async () => {
        const { pins, factors } = stores;
        await pins.keep([pin(1, { source: "file", fileDigest: "one" }), pin(1, { userId: BOB, fileDigest: "two" })]);
        expect(await pins.fileDigests()).toEqual(
          new Map([
            [ALICE, "one"],
            [BOB, "two"],
          ]),
        );
        expect(await pins.removeOfFile([ALICE, BOB])).toBe(1);
        expect(await pins.find(ALICE)).toBeUndefined();
        expect((await factors.find(ALICE)).pin).toBeUndefined();
        expect((await factors.find(BOB)).pin).toBeDefined();
        expect(await pins.keep([pin(1)])).toEqual(new Set([ALICE]));
      });
    });

    describe("bypasses", () => {
      it("are used by the first login, again by the same, and by no other", async () => {
        const { bypasses, factors } = stores;
        await bypasses.give(bypass(1));
        expect((await factors.find(ALICE)).bypass).toEqual({ bypassId: login(1), untilMs: bypass(1).untilMs });
        const logins = ids(6).map((number) => factors.useBypass({ bypassId: login(1), loginId: login(100 + number) }));
        const used = await Promise.all(logins);
        expect(used.filter(Boolean)).toHaveLength(1);
        const winner = login(100 + used.indexOf(true));
        expect(await factors.useBypass({ bypassId: login(1), loginId: winner })).toBe(true);
        expect(await factors.useBypass({ bypassId: login(1), loginId: login(200) })).toBe(false);
        expect((await factors.find(ALICE)).bypass).toBeUndefined();
        expect(await bypasses.list(10)).toMatchObject([{ ...bypass(1), usedByLogin: winner, removedAtMs: undefined }]);
      });

      it("that nobody gave let nobody in", async () => {
        expect(await stores.factors.useBypass({ bypassId: login(1), loginId: login(2) })).toBe(false);
      });

      it("end by another one and by a word, and stay on record", async () => {
        const { bypasses, factors } = stores;
        await bypasses.give(bypass(1));
        await bypasses.give(bypass(2));
        await bypasses.give(bypass(3, { userId: BOB }));
        expect(await factors.useBypass({ bypassId: login(1), loginId: login(9) })).toBe(false);
        expect((await factors.find(ALICE)).bypass?.bypassId).toBe(login(2));
        expect(await bypasses.remove(ALICE, 1_800_000_000_500)).toBe(true);
        expect(await bypasses.remove(ALICE, 1_800_000_000_600)).toBe(false);
        expect((await factors.find(ALICE)).bypass).toBeUndefined();
        expect(await factors.useBypass({ bypassId: login(2), loginId: login(9) })).toBe(false);
        const listed = await bypasses.list(10);
        const ends = listed.map(({ bypassId, removedAtMs }) => [bypassId, removedAtMs]);
        expect(ends).toEqual([
          [login(3), undefined],
          [login(2), 1_800_000_000_500],
          [login(1), bypass(2).givenAtMs],
        ]);
        expect(await bypasses.list(1)).toHaveLength(1);
        expect(await bypasses.list(10, BOB)).toMatchObject([{ userId: BOB }]);
      });

      it("that were used are not touched by the next one", async () => {
        await stores.bypasses.give(bypass(1));
        await stores.factors.useBypass({ bypassId: login(1), loginId: login(9) });
        await stores.bypasses.give(bypass(2));
        const [, first] = await stores.bypasses.list(10);
        expect(first).toMatchObject({ usedByLogin: login(9), removedAtMs: undefined });
        expect(await stores.factors.useBypass({ bypassId: login(1), loginId: login(9) })).toBe(true);
        expect((await stores.factors.find(ALICE)).bypass?.bypassId).toBe(login(2));
      });
    });

    describe("recovery codes", () => {
      it("are used by one answer each, again by the same, and only by their user", async () => {
        const { recoveryCodes } = stores;
        await recoveryCodes.replace(ALICE, ["one", "two"]);
        await recoveryCodes.replace(BOB, ["three"]);
        const use = (digest: string, by: number, userId = ALICE) =>
          recoveryCodes.use({ userId, digest, answerId: answer(by) });
        const used = await Promise.all(ids(6).map((by) => use("one", by)));
        expect(used.filter(Boolean)).toHaveLength(1);
        expect(await use("one", used.indexOf(true))).toBe(true);
        expect([await use("three", 1), await use("two", 1, BOB), await use("four", 1)]).toEqual([false, false, false]);
        expect([await recoveryCodes.left(ALICE), await recoveryCodes.left(BOB)]).toEqual([1, 1]);
      });

      it("are worthless when there are new ones", async () => {
        const { recoveryCodes } = stores;
        await recoveryCodes.replace(ALICE, ["one", "two"]);
        await recoveryCodes.replace(ALICE, ["three", "four", "five"]);
        expect(await recoveryCodes.use({ userId: ALICE, digest: "one", answerId: answer(1) })).toBe(false);
        expect(await recoveryCodes.left(ALICE)).toBe(3);
      });
    });

    describe("copies of devices", () => {
      const device = (generation: bigint, active: boolean, number = 1) => {
        const told = { deviceId: login(number), userId: ALICE, name: `phone ${generation}`, active, generation };
        return { ...told, sealedSecret: Buffer.from([7, 0, 0xff]) };
      };

      it("are the newest of each, however they come, and tokens while they are active", async () => {
        const { devices, factors } = stores;
        await devices.keep(device(2n, true));
        await devices.keep(device(1n, false));
        await devices.keep(device(2n, true, 2));
        const found = await factors.find(ALICE);
        expect(found.devices).toEqual([login(1), login(2)]);
        expect(found.tokens).toMatchObject([
          { serial: `app:${login(1)}`, type: "totp", digits: 6 },
          { serial: `app:${login(2)}` },
        ]);
        await devices.keep(device(3n, true));
        expect(await devices.names(ALICE)).toEqual(
          new Map([
            [login(1), "phone 3"],
            [login(2), "phone 2"],
          ]),
        );
      });

      it("that are gone are not brought back by an older word, and answer no more", async () => {
        const { devices, factors } = stores;
        await devices.keep(device(1n, true));
        await factors.useStep({ serial: `app:${login(1)}`, step: 9, answerId: answer(1), driftSteps: 0 });
        await devices.keep(device(5n, false));
        await devices.keep(device(4n, true));
        expect(await factors.find(ALICE)).toMatchObject({ devices: [], tokens: [] });
        expect(await factors.useStep({ serial: `app:${login(1)}`, step: 10, answerId: answer(2), driftSteps: 0 })).toBe(
          false,
        );
        expect(await devices.names(ALICE)).toEqual(new Map());
      });

      it("keep their used steps when they change", async () => {
        const { devices, factors } = stores;
        await devices.keep(device(1n, true));
        await factors.useStep({ serial: `app:${login(1)}`, step: 9, answerId: answer(1), driftSteps: 0.5 });
        await devices.keep(device(2n, true));
        expect((await factors.find(ALICE)).tokens).toMatchObject([{ lastStep: 9, driftSteps: 0.5 }]);
      });
    });

    it("keeps the newest word on whether a user is blocked", async () => {
      const { blocks, factors } = stores;
      const block = (generation: bigint, blockedUntilMs: number | undefined, userId = ALICE) =>
        blocks.keep({ userId, blockedUntilMs, generation });
      await block(2n, 1_900_000_000_000);
      await block(1n, undefined);
      await block(1n, Number.POSITIVE_INFINITY, BOB);
      expect((await factors.find(ALICE)).blockedUntilMs).toBe(1_900_000_000_000);
      expect((await factors.find(BOB)).blockedUntilMs).toBe(Number.POSITIVE_INFINITY);
      const all = await blocks.list();
      expect(all.toSorted((one, other) => (other.generation > one.generation ? 1 : -1))).toEqual([
        { userId: ALICE, blockedUntilMs: 1_900_000_000_000, generation: 2n },
        { userId: BOB, blockedUntilMs: Number.POSITIVE_INFINITY, generation: 1n },
      ]);
      await block(3n, undefined);
      expect(await blocks.list()).toHaveLength(1);
      expect((await factors.find(ALICE)).blockedUntilMs).toBeUndefined();
    });
  });
}
