import { configurationForImport } from "@portcullis/configuration";
import { readEnvironment, runService } from "@portcullis/kit";
import { Environment } from "./config.js";
import { AuthnPrimaryModule, topics } from "./index.js";

const settings = readEnvironment(Environment, process.env);

await runService({
  name: "authn-primary",
  settings,
  topics,
  modules: ({ log }) =>
    Promise.resolve([
      AuthnPrimaryModule.of({ configuration: configurationForImport(settings.PORTCULLIS_CONFIG_FILE, log) }),
    ]),
});
