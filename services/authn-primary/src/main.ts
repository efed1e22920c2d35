import { loadForImport } from "@portcullis/configuration";
import { readEnvironment, runService } from "@portcullis/kit";
import { Environment } from "./config.js";
import { AuthnPrimaryModule, topics } from "./index.js";

const settings = readEnvironment(Environment, process.env);

await runService({
  name: "authn-primary",
  settings,
  topics,
  modules: async ({ log }) => [
    AuthnPrimaryModule.of({ configuration: await loadForImport(settings.PORTCULLIS_CONFIG_FILE, log) }),
  ],
});
