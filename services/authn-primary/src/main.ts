import { configurationForImport } from "@portcullis/configuration";
import { readEnvironment, runService } from "@portcullis/kit";
import { openPendingStore } from "@portcullis/login";
import { Environment } from "./config.js";
import { AuthnPrimaryModule, topics } from "./index.js";

const settings = readEnvironment(Environment, process.env);

await runService({
  name: "authn-primary",
  settings,
  topics,
  modules: async (platform) => {
    const pending = await openPendingStore({ url: settings.PORTCULLIS_REDIS_URL, platform });
    const configuration = configurationForImport(settings.PORTCULLIS_CONFIG_FILE, platform.log);
    return [pending.module, AuthnPrimaryModule.of({ configuration })];
  },
});
