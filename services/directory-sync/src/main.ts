import { configurationForImport } from "@portcullis/configuration";
import { readEnvironment, runService } from "@portcullis/kit";
import { Environment } from "./config.js";
import { DirectorySyncModule, topics } from "./index.js";

const settings = readEnvironment(Environment, process.env);

await runService({
  name: "directory-sync",
  settings,
  topics,
  modules: ({ log }) =>
    Promise.resolve([
      DirectorySyncModule.of({ configuration: configurationForImport(settings.PORTCULLIS_CONFIG_FILE, log) }),
    ]),
});
