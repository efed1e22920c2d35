import type { AnswerId, UserId } from "@portcullis/login";
import type {
  BlockCopies,
  BlockCopy,
  Bypasses,
  DeviceCopies,
  DeviceCopy,
  GivenBypass,
  KeptPin,
  PastBypass,
  Pins,
  RecoveryCodes,
} from "../application/factor-ports.js";
import type { MemoryFactors } from "./memory-factors.js";

/** PINs in memory; whether they are good is told to the factors, as the database does in one statement. */
export class MemoryPins implements Pins {
  readonly #factors: MemoryFactors;
  readonly #pins = new Map<UserId, KeptPin>();

  constructor(factors: MemoryFactors) {
    this.#factors = factors;
  }

  async find(userId: UserId): Promise<KeptPin | undefined> {
    return this.#pins.get(userId);
  }

  async keep(pins: readonly KeptPin[]): Promise<ReadonlySet<UserId>> {
    const kept = pins.filter((pin) => pin.version === (this.#pins.get(pin.userId)?.version ?? 0) + 1);
    for (const pin of kept) this.#set(pin);
    return new Set(kept.map(({ userId }) => userId));
  }

  async expire(userId: UserId): Promise<boolean> {
    const pin = this.#pins.get(userId);
    if (pin !== undefined) this.#set({ ...pin, mustChange: true });
    return pin !== undefined;
  }

  async fileDigests(): Promise<ReadonlyMap<UserId, string>> {
    const fromFile = [...this.#pins.values()].filter(({ fileDigest }) => fileDigest !== "");
    return new Map(fromFile.map(({ userId, fileDigest }) => [userId, fileDigest]));
  }

  async removeOfFile(userIds: readonly UserId[]): Promise<number> {
    const gone = userIds.filter((userId) => this.#pins.get(userId)?.source === "file");
    for (const userId of gone) {
      this.#pins.delete(userId);
      this.#factors.change(userId, { pin: undefined });
    }
    return gone.length;
  }

  #set(pin: KeptPin): void {
    this.#pins.set(pin.userId, pin);
    this.#factors.change(pin.userId, { pin: { mustChange: pin.mustChange, expiresAtMs: pin.expiresAtMs } });
  }
}

export class MemoryRecoveryCodes implements RecoveryCodes {
  readonly #codes = new Map<UserId, Map<string, AnswerId | undefined>>();

  async replace(userId: UserId, digests: readonly string[]): Promise<void> {
    this.#codes.set(userId, new Map(digests.map((digest) => [digest, undefined])));
  }

  async use({ userId, digest, answerId }: { userId: UserId; digest: string; answerId: AnswerId }): Promise<boolean> {
    const codes = this.#codes.get(userId);
    if (codes === undefined || !codes.has(digest)) return false;
    const usedBy = codes.get(digest) ?? answerId;
    codes.set(digest, usedBy);
    return usedBy === answerId;
  }

  async left(userId: UserId): Promise<number> {
    return [...(this.#codes.get(userId)?.values() ?? [])].filter((usedBy) => usedBy === undefined).length;
  }
}

/** Bypasses in memory; what is in force stands among the factors, where a login takes it. */
export class MemoryBypasses implements Bypasses {
  readonly #factors: MemoryFactors;
  readonly #given: GivenBypass[] = [];
  readonly #removedAtMs = new Map<string, number>();

  constructor(factors: MemoryFactors) {
    this.#factors = factors;
  }

  async give(bypass: GivenBypass): Promise<void> {
    await this.remove(bypass.userId, bypass.givenAtMs);
    this.#given.unshift(bypass);
    this.#factors.change(bypass.userId, { bypass: { bypassId: bypass.bypassId, untilMs: bypass.untilMs } });
  }

  async remove(userId: UserId, atMs: number): Promise<boolean> {
    const { bypass } = await this.#factors.find(userId);
    if (bypass === undefined) return false;
    this.#removedAtMs.set(bypass.bypassId, atMs);
    this.#factors.change(userId, { bypass: undefined });
    return true;
  }

  async list(limit: number, userId?: UserId): Promise<readonly PastBypass[]> {
    const wanted = this.#given.filter((given) => userId === undefined || given.userId === userId);
    return wanted.slice(0, limit).map((given) => ({
      ...given,
      loginName: "",
      usedByLogin: this.#factors.usedBypasses.get(given.bypassId),
      removedAtMs: this.#removedAtMs.get(given.bypassId),
    }));
  }
}

export class MemoryDeviceCopies implements DeviceCopies {
  readonly #factors: MemoryFactors;
  readonly #devices = new Map<string, DeviceCopy>();

  constructor(factors: MemoryFactors) {
    this.#factors = factors;
  }

  async keep(device: DeviceCopy): Promise<void> {
    const { deviceId, userId, active, generation } = device;
    const known = this.#devices.get(deviceId);
    if (known !== undefined && known.generation >= generation) return;
    this.#devices.set(deviceId, device);
    if (active && known?.active !== true) this.#factors.addDevice(userId, deviceId);
    if (!active) this.#factors.removeDevice(userId, deviceId);
  }

  async names(userId: UserId): Promise<ReadonlyMap<string, string>> {
    const devices = [...this.#devices.values()].filter((device) => device.active && device.userId === userId);
    return new Map(devices.map(({ deviceId, name }) => [deviceId, name]));
  }
}

export class MemoryBlockCopies implements BlockCopies {
  readonly #factors: MemoryFactors;
  readonly #blocks = new Map<UserId, BlockCopy>();

  constructor(factors: MemoryFactors) {
    this.#factors = factors;
  }

  async keep(block: BlockCopy): Promise<void> {
    const { userId, blockedUntilMs, generation } = block;
    if ((this.#blocks.get(userId)?.generation ?? -1n) >= generation) return;
    this.#blocks.set(userId, block);
    this.#factors.change(userId, { blockedUntilMs });
  }

  async list(): Promise<readonly BlockCopy[]> {
    return [...this.#blocks.values()].filter(({ blockedUntilMs }) => blockedUntilMs !== undefined);
  }
}
