import { readEnvironment, runService } from "@portcullis/kit";
import { openPendingStore } from "@portcullis/login";
import { redisStores } from "./adapters/redis/redis-stores.js";
import { Environment, mobileEnvironmentSettings } from "./config.js";
import { MobileModule, topics } from "./index.js";

const environment = readEnvironment(Environment, process.env);

await runService({
  name: "mobile",
  settings: environment,
  topics,
  modules: async (platform) => {
    // For its clock: answers and their deadlines go by it.
    await openPendingStore({ url: environment.PORTCULLIS_REDIS_URL, platform });
    const stores = redisStores({ url: environment.PORTCULLIS_REDIS_URL, ...platform });
    return [MobileModule.of({ ...stores, ...mobileEnvironmentSettings(environment) })];
  },
});
