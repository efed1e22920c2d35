import { createSecretKey, randomBytes } from "node:crypto";
import { openPostgres, systemClock } from "@portcullis/kit";
import { sleepMs, startPostgres, startRedis } from "@portcullis/testkit";
import { redisStores } from "./adapters/redis/redis-stores.js";
import { describeMobile } from "./mobile.contract.js";
import { MobileUnderTest } from "./testing/mobile-under-test.js";

describeMobile("PostgreSQL and Redis, two replicas", async () => {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis({ appendfsync: "none" })]);
  const key = () => createSecretKey(randomBytes(32));
  const keyRing = { active: 1, sealing: new Map([[1, key()]]), digest: key(), audit: key() };
  const start = async () => {
    const databases = openPostgres(postgres.url, () => undefined);
    const stores = redisStores({ url: redis.url, clock: systemClock, log: { warn: () => undefined } });
    const service = await MobileUnderTest.start({ databases, keyRing, ...stores });
    const stop = async () => {
      await service.stop();
      await Promise.all([stores.close(), databases.close()]);
    };
    return { service, stop };
  };
  const [one, other] = [await start(), await start()];
  await sleepMs(300); // Until both listen.
  return {
    one: one.service,
    other: other.service,
    close: async () => {
      await Promise.all([one.stop(), other.stop()]);
      await Promise.all([postgres.stop(), redis.stop()]);
    },
  };
});
