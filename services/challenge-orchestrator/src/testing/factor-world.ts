import { createSecretKey, randomBytes } from "node:crypto";
import { createLog, KeyedDigest, PooledRandom, Sealer } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import type { PhonesCodec, SlowHasher } from "../application/factor-ports.js";
import type { Phones } from "../domain/phones.js";
import { userPhonesPlace } from "../domain/user-factors.js";
import { MemoryBypasses, MemoryDeviceCopies, MemoryPins, MemoryRecoveryCodes } from "./memory-factor-stores.js";
import { MemoryFactors } from "./memory-factors.js";

const key = () => createSecretKey(randomBytes(32));

/** Hashes that cost nothing, and count what was asked of them. */
class CountingHasher implements SlowHasher {
  readonly decoy = "decoy";
  readonly verified: string[] = [];

  async hash(secret: Uint8Array): Promise<string> {
    return `hash of ${Buffer.from(secret).toString()}`;
  }

  async verify(hash: string, secret: Uint8Array): Promise<boolean> {
    this.verified.push(hash);
    return hash === (await this.hash(secret));
  }
}

const JSON_PHONES: PhonesCodec = {
  encode: (phones) => Buffer.from(JSON.stringify(phones)),
  decode: (bytes) => JSON.parse(Buffer.from(bytes).toString()) as Phones,
};

/** What the use cases around stored factors need, in memory. */
export function createFactorWorld() {
  const random = new PooledRandom();
  const sealer = new Sealer({ active: 1, sealing: new Map([[1, key()]]), digest: key(), audit: key() }, random);
  const factors = new MemoryFactors(sealer);
  const world = {
    nowMs: 1_800_000_000_000,
    clock: { nowMs: () => world.nowMs },
    random,
    sealer,
    digest: new KeyedDigest(key()),
    log: createLog("test", "silent"),
    hasher: new CountingHasher(),
    phones: JSON_PHONES,
    factors,
    pins: new MemoryPins(factors),
    codes: new MemoryRecoveryCodes(),
    bypasses: new MemoryBypasses(factors),
    devices: new MemoryDeviceCopies(factors),
    givePhones: (userId: UserId, phones: Partial<Phones>): void => {
      const none = { number: "", extension: "", backupNumber: "", backupExtension: "" };
      const bytes = JSON_PHONES.encode({ ...none, ...phones });
      factors.change(userId, { sealedPhones: sealer.seal(bytes, userPhonesPlace(userId)) });
    },
  };
  return world;
}
