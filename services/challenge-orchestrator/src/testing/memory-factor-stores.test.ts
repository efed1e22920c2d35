import { createSecretKey, randomBytes } from "node:crypto";
import { PooledRandom, Sealer } from "@portcullis/kit";
import { describeFactorStores } from "../application/factor-stores.contract.js";
import {
  MemoryBlockCopies,
  MemoryBypasses,
  MemoryDeviceCopies,
  MemoryPins,
  MemoryRecoveryCodes,
} from "./memory-factor-stores.js";
import { MemoryFactors } from "./memory-factors.js";

const key = () => createSecretKey(randomBytes(32));

describeFactorStores("memory", async () => {
  const sealer = new Sealer(
    { active: 1, sealing: new Map([[1, key()]]), digest: key(), audit: key() },
    new PooledRandom(),
  );
  return {
    empty: async () => {
      const factors = new MemoryFactors(sealer);
      return {
        factors,
        pins: new MemoryPins(factors),
        bypasses: new MemoryBypasses(factors),
        recoveryCodes: new MemoryRecoveryCodes(),
        devices: new MemoryDeviceCopies(factors),
        blocks: new MemoryBlockCopies(factors),
      };
    },
    close: async () => undefined,
  };
});
