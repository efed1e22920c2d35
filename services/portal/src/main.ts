import { configurationForImport } from "@portcullis/configuration";
import { readEnvironment, runService } from "@portcullis/kit";
import { Environment } from "./config.js";
import { PortalModule, topics } from "./index.js";

const settings = readEnvironment(Environment, process.env);

await runService({
  name: "portal",
  settings,
  topics,
  modules: ({ log }) =>
    Promise.resolve([PortalModule.of({ configuration: configurationForImport(settings.PORTCULLIS_CONFIG_FILE, log) })]),
});
