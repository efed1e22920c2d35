import { requireConfiguration } from "@portcullis/configuration";
import { readEnvironment, runService } from "@portcullis/kit";
import { Environment } from "./config.js";
import { PortalModule, topics } from "./index.js";

const settings = readEnvironment(Environment, process.env);
const configuration = await requireConfiguration(settings.PORTCULLIS_CONFIG_FILE);

await runService({
  name: "portal",
  settings,
  topics,
  modules: () => Promise.resolve([PortalModule.of({ configuration })]),
});
