import { createSecretKey, randomBytes } from "node:crypto";
import { openPglite } from "@portcullis/kit";
import { memoryStores } from "./index.js";
import { describeMobile } from "./mobile.contract.js";
import { MobileUnderTest } from "./testing/mobile-under-test.js";

describeMobile("PGlite and memory", async () => {
  const databases = await openPglite("memory://");
  const key = () => createSecretKey(randomBytes(32));
  const keyRing = { active: 1, sealing: new Map([[1, key()]]), digest: key(), audit: key() };
  // The clock of the service under test, which goes ahead where a test wants it to.
  let service: MobileUnderTest | undefined;
  const stores = memoryStores({ nowMs: () => service?.nowMs() ?? Date.now() });
  const one = await MobileUnderTest.start({ databases, keyRing, ...stores });
  service = one;
  return {
    one,
    other: one,
    close: async () => {
      await one.stop();
      await databases.close();
    },
  };
});
